import type { Tool, ToolAnswer, ToolContext, ToolFile, ToolQuestion } from '#lib/tools/index.ts'

export interface TestContext extends ToolContext {
  progressed: Parameters<ToolContext['progress']>[0][]
  questions: ToolQuestion[]
  files: ToolFile[]
}

/** A call's context that keeps what it is told. */
export function testContext(given: Partial<Pick<ToolContext, 'signal' | 'sessionId'>> & { answer?: ToolAnswer } = {}): TestContext {
  const progressed: TestContext['progressed'] = []
  const questions: ToolQuestion[] = []
  const files: ToolFile[] = []
  return {
    signal: given.signal ?? new AbortController().signal,
    sessionId: given.sessionId ?? 'session',
    callId: 'call',
    progressed,
    questions,
    files,
    progress: (update) => progressed.push(update),
    ask: async (question) => {
      questions.push(question)
      return given.answer ?? { approved: false }
    },
    saveFile: async (file) => ({ url: `/files/${files.push(file)}` }),
  }
}

/** Calls a tool as the agent does. Throws for a name that none has. */
export async function callTool(
  tools: readonly Tool[],
  name: string,
  input: Parameters<Tool['parse']>[0],
  context: ToolContext = testContext(),
): Promise<unknown> {
  const tool = tools.find((one) => one.name === name)
  if (!tool) throw new Error(`There is no tool ${name}: ${tools.map((one) => one.name).join(', ')}`)
  return tool.execute(tool.parse(input), context)
}
