import { cleanJson, cleanText, type JsonValue, type ToolPart } from '#lib/protocol/index.ts'
import type { Tool, ToolContext } from '#lib/tools/index.ts'
import type { RunEvent, RunLog } from './run-log.ts'
import type { AskedCall } from './step.ts'

const MOST_AT_ONCE = 8
const DEFAULT_TIMEOUT_MS = 30_000
/** A longer result is cut, in characters. */
const LONGEST_RESULT = 256_000
/** The same call with the same arguments is refused from this time on. */
const MOST_REPEATS = 3

export interface ToolRunner {
  tools: ReadonlyMap<string, Tool>
  signal: AbortSignal
}

type ValidCall = Extract<RunEvent, { type: 'llm:tool-call' }>
type Result = Extract<RunEvent, { type: 'llm:tool-result' }>

/**
 * Records what the model asked for, then runs it: all valid calls are committed before the first is run, so that after a
 * crash it is known which may have happened. Calls that cannot be run are answered with what to mend.
 */
export async function runCalls(log: RunLog, calls: readonly AskedCall[], runner: ToolRunner): Promise<void> {
  const valid: ValidCall[] = []
  const refused: Result[] = []
  for (const call of calls) {
    const checked = check(call, runner.tools, [...callsSoFar(log), ...valid])
    if (checked.type === 'llm:tool-call') valid.push(checked)
    else refused.push(checked)
  }
  await log.append(...valid, ...refused)
  await runAll(
    log,
    valid.map((call) => call.callId),
    runner,
  )
}

/**
 * Finishes the calls of a step whose worker died: what had begun and may not be repeated is answered with "unknown".
 * Returns false when the step has none, and its model call must be made again.
 */
export async function resumeCalls(log: RunLog, runner: ToolRunner): Promise<boolean> {
  const tools = log.answer.parts
    .slice(log.active.stepStart)
    .filter((part): part is ToolPart => part.type === 'tool' && part.status !== 'pending')
  if (tools.length === 0) return false
  const open = tools.filter((part) => part.status === 'running')
  const unknown = open.filter((part) => !runner.tools.get(part.toolName)?.repeatable)
  if (unknown.length > 0) await log.append(...unknown.map(unknownOutcome))
  await runAll(
    log,
    open.filter((part) => !unknown.includes(part)).map((part) => part.callId),
    runner,
  )
  return true
}

function unknownOutcome({ callId, toolName }: ToolPart): Result {
  const error = 'The server stopped while this tool ran. Whether it took effect is unknown: check before you repeat it.'
  return { type: 'llm:tool-result', callId, toolName, success: false, error, durationMs: 0 }
}

function callsSoFar(log: RunLog): { toolName: string; args: unknown }[] {
  return log.answer.parts.flatMap((part) =>
    part.type === 'tool' && part.status !== 'pending' ? [{ toolName: part.toolName, args: part.args }] : [],
  )
}

function check(call: AskedCall, tools: ReadonlyMap<string, Tool>, before: { toolName: string; args: unknown }[]): ValidCall | Result {
  const { callId, toolName, metadata } = call
  const refuse = (error: string): Result => ({ type: 'llm:tool-result', callId, toolName, success: false, error, durationMs: 0 })
  const tool = tools.get(toolName)
  if (!tool) return refuse(`There is no tool "${toolName}". The tools are: ${[...tools.keys()].join(', ') || 'none'}.`)
  let args: JsonValue
  try {
    args = cleanJson(JSON.parse(call.input))
    tool.parse(args)
  } catch (error) {
    return refuse(`The arguments are not valid and nothing was run: ${messageOf(error)}`)
  }
  const key = JSON.stringify(args)
  const repeats = before.filter((other) => other.toolName === toolName && JSON.stringify(other.args) === key).length
  if (repeats >= MOST_REPEATS - 1)
    return refuse('This call was made twice with the same arguments already. Use the earlier results, or change the arguments.')
  return { type: 'llm:tool-call', callId, toolName, args, ...(metadata && { metadata }) }
}

/** At most eight at a time; each result is committed as it comes. */
async function runAll(log: RunLog, callIds: string[], runner: ToolRunner): Promise<void> {
  const waiting = callIds.values()
  const work = async () => {
    for (const callId of waiting) {
      runner.signal.throwIfAborted()
      await log.append(await runOne(log, callId, runner))
    }
  }
  await Promise.all(Array.from({ length: Math.min(MOST_AT_ONCE, callIds.length) }, work))
}

async function runOne(log: RunLog, callId: string, { tools, signal }: ToolRunner): Promise<Result> {
  const part = log.answer.parts.findLast((one): one is ToolPart => one.type === 'tool' && one.callId === callId)
  if (part?.status !== 'running') throw new TypeError(`The call ${callId} is not running.`)
  const tool = tools.get(part.toolName)
  const base = { type: 'llm:tool-result', callId, toolName: part.toolName } as const
  const began = performance.now()
  const durationMs = () => Math.round(performance.now() - began)
  if (!tool) return { ...base, success: false, error: 'This tool is no longer there.', durationMs: 0 }
  try {
    const context = {
      callId,
      sessionId: log.run.sessionId,
      signal,
      progress: () => {},
      ask: async () => ({ approved: false as const }),
      saveFile: async () => ({ url: '' }),
    }
    const result = await execute(tool, part.args, context)
    return { ...base, success: true, result: cut(cleanJson(result)), durationMs: durationMs() }
  } catch (error) {
    signal.throwIfAborted()
    return { ...base, success: false, error: messageOf(error), durationMs: durationMs() }
  }
}

/** Ends at the tool's deadline and on abort, even when the tool does not listen. */
async function execute(tool: Tool, args: JsonValue, context: ToolContext): Promise<unknown> {
  const timeoutMs = tool.timeoutMs ?? DEFAULT_TIMEOUT_MS
  const deadline = new AbortController()
  const signal = AbortSignal.any([context.signal, deadline.signal])
  const timer = setTimeout(() => deadline.abort(new Error(`${tool.name} did not finish within ${timeoutMs / 1_000} s.`)), timeoutMs)
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    signal.throwIfAborted()
    return await Promise.race([(async () => tool.execute(tool.parse(args), { ...context, signal }))(), aborted])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}

function cut(result: JsonValue): JsonValue {
  const text = typeof result === 'string' ? result : JSON.stringify(result)
  if (text.length <= LONGEST_RESULT) return result
  return `${text.slice(0, LONGEST_RESULT).toWellFormed()}\n[cut: the result was ${text.length} characters long]`
}

function messageOf(error: unknown): string {
  let text: string
  try {
    text = String(error instanceof Error ? error.message : error)
  } catch {
    // Anything can be thrown, also what cannot be made text.
    text = 'The tool failed.'
  }
  return cut(cleanText(text)) as string
}
