import { cleanJson, type JsonValue, type Part } from '#lib/protocol/index.ts'
import type { Tool } from '#lib/tools/index.ts'
import type { RunEvent } from '../run-log.ts'
import type { AskedCall } from '../step.ts'
import { messageOf } from './tool-result.ts'

export type ValidCall = Extract<RunEvent, { type: 'llm:tool-call' }>
export type Result = Extract<RunEvent, { type: 'llm:tool-result' }>

/** The same call with the same arguments is refused from this time on. */
const MOST_REPEATS = 3

/** A call that may be run, which is then counted, or what the model is told to mend. */
export function checkCall(call: AskedCall, tools: ReadonlyMap<string, Tool>, counts: CallCounts): ValidCall | Result {
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
  if (counts.add(toolName, args) >= MOST_REPEATS)
    return refusal(call, 'This call was made twice with the same arguments already. Use the earlier results, or change the arguments.')
  return { type: 'llm:tool-call', callId, toolName, args, ...(metadata && { metadata }) }
}

export function refusal({ callId, toolName }: { callId: string; toolName: string }, error: string): Result {
  return { type: 'llm:tool-result', callId, toolName, success: false, error, durationMs: 0 }
}

/** How often a run has called each tool with the same valid arguments, whatever came of it. */
export class CallCounts {
  readonly #counts = new Map<string, number>()

  constructor(parts: readonly Part[]) {
    for (const part of parts) if (part.type === 'tool' && part.status !== 'pending') this.add(part.toolName, part.args)
  }

  /** Counts one more; returns how often it was called with it. */
  add(toolName: string, args: JsonValue): number {
    const key = JSON.stringify([toolName, inOrder(args)])
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return count
  }
}

/** Models write the same arguments in another order. */
function inOrder(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(inOrder)
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, inOrder(value[key] ?? null)]),
  )
}
