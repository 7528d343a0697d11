import type { ToolPart } from '#lib/protocol/index.ts'
import type { Tool } from '#lib/tools/index.ts'
import type { RunEvent, RunLog } from '../run-log.ts'
import type { AskedCall } from '../step.ts'

type Result = Extract<RunEvent, { type: 'llm:tool-result' }>

/** Tells the observer of a call from its beginning to its end. Resolves and throws as `run` does. */
export async function observeToolCall(log: RunLog, callId: string, run: () => Promise<Result>): Promise<Result> {
  const part = log.answer.parts.findLast((one): one is ToolPart => one.type === 'tool' && one.callId === callId)
  const toolName = part?.toolName ?? ''
  const args = part && 'args' in part ? part.args : undefined
  const observed = log.observed.beginToolCall({ callId, toolName, isKnown: true, args })
  try {
    const result = await run()
    observed.end(
      result.success ? { status: 'completed', result: result.result } : { status: 'failed', error: result.error ?? 'The tool failed.' },
    )
    return result
  } catch (error) {
    observed.end({ status: 'aborted' })
    throw error
  }
}

/** Tells the observer of a call that was answered without being run. Returns the answer. */
export function observeRefusal(log: RunLog, call: AskedCall, tools: ReadonlyMap<string, Tool>, result: Result): Result {
  const { callId, toolName, input } = call
  const observed = log.observed.beginToolCall({ callId, toolName, isKnown: tools.has(toolName), args: input })
  observed.end({ status: 'refused', error: result.error ?? 'The call was refused.' })
  return result
}
