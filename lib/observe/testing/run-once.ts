import { createMemoryStore, DextoAgent, type Observer } from '#lib/agent/index.ts'
import { type Action, scriptedModel } from '#lib/agent/testing/scripted-model.ts'

/** Stands in the question, the answer, the arguments, the result, the tool's error and a tool's name that the model makes up. */
export const CANARY = 'canary-7f3a'
const broken = {
  name: 'broken',
  description: 'Fails.',
  inputSchema: { type: 'object' },
  execute: () => Promise.reject(new Error(`No ${CANARY} here`)),
}
const echo = {
  name: 'echo',
  description: 'Says it.',
  inputSchema: { type: 'object' },
  repeatable: true,
  execute: (input: unknown) => input,
}
const STEPS: Action[][] = [
  [{ fail: 'provider-unavailable' }],
  [
    { say: `I look for the ${CANARY}. ` },
    { call: 'broken', args: { word: CANARY }, id: 'call-1' },
    { call: 'echo', args: { word: CANARY }, id: 'call-2' },
    { call: `find-${CANARY}`, args: { word: CANARY }, id: 'call-3' },
  ],
  [{ say: `Here is your ${CANARY}.` }],
]

/** One run of two steps with a retry, a tool that fails and one that is not there. */
export async function runOnce(observer: Observer, steps: Action[][] = STEPS): Promise<{ runId: string; sessionId: string }> {
  const agent = new DextoAgent({
    llm: scriptedModel(...steps),
    tools: [broken, echo],
    retry: { baseMs: 1 },
    store: createMemoryStore(),
    observer,
  })
  await agent.start()
  const { id: sessionId } = await agent.createSession({ title: 'Test' })
  let runId = ''
  try {
    for await (const event of await agent.stream(`Where is the ${CANARY}?`, { sessionId })) if ('runId' in event) runId = event.runId ?? ''
  } finally {
    await agent.stop()
  }
  return { runId, sessionId }
}
