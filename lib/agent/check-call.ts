import { cleanJson, type JsonValue, type ToolPart } from '#lib/protocol/index.ts'
import type { Tool } from '#lib/tools/index.ts'
import type { RunEvent } from './run-log.ts'
import type { AskedCall } from './step.ts'
import { messageOf } from './tool-result.ts'

export type ValidCall = Extract<RunEvent, { type: 'llm:tool-call' }>
export type Result = Extract<RunEvent, { type: 'llm:tool-result' }>

/** The same call with the same arguments is refused from this time on. */
const MOST_REPEATS = 3

/** A call that may be run, or what the model is told to mend. `before`: the calls of the run so far. */
export function checkCall(
  call: AskedCall,
  tools: ReadonlyMap<string, Tool>,
  before: readonly { toolName: string; args: unknown }[],
): ValidCall | Result {
  const { callId, toolName, metadata } = call
  const tool = tools.get(toolName)
  if (!tool) return refusal(call, `There is no tool "${toolName}". The tools are: ${[...tools.keys()].join(', ') || 'none'}.`)
  let args: JsonValue
  try {
    args = cleanJson(JSON.parse(call.input))
    tool.parse(args)
  } catch (error) {
    return refusal(call, `The arguments are not valid and nothing was run: ${messageOf(error)}`)
  }
  const key = JSON.stringify(args)
  const repeats = before.filter((other) => other.toolName === toolName && JSON.stringify(other.args) === key).length
  if (repeats >= MOST_REPEATS - 1)
    return refusal(call, 'This call was made twice with the same arguments already. Use the earlier results, or change the arguments.')
  return { type: 'llm:tool-call', callId, toolName, args, ...(metadata && { metadata }) }
}

export function refusal({ callId, toolName }: { callId: string; toolName: string }, error: string): Result {
  return { type: 'llm:tool-result', callId, toolName, success: false, error, durationMs: 0 }
}

/** What was asked for with arguments that were valid, whatever came of it. */
export function callsOf(parts: readonly { type: string }[]): { toolName: string; args: unknown }[] {
  return (parts as readonly ToolPart[]).flatMap((part) =>
    part.type === 'tool' && part.status !== 'pending' ? [{ toolName: part.toolName, args: part.args }] : [],
  )
}
