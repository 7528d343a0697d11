import { AppError, type ErrorCode } from '#lib/protocol/index.ts'
import type { Model, ModelEvent, ModelRequest } from '#lib/providers/index.ts'

export type Action =
  | { say: string; as?: 'text' | 'reasoning' }
  | { call: string; args: unknown; id?: string }
  | { fail: ErrorCode; recoverable?: boolean; retryAfterMs?: number }
  | { until: Promise<unknown> }
  /** Says nothing more until it is aborted. */
  | { hang: true }
  | { finish: Extract<ModelEvent, { type: 'finish' }>['finishReason'] }

export interface ScriptedModel extends Model {
  /** What was asked, call by call. */
  requests: ModelRequest[]
  /** Calls that were aborted. */
  aborted: number
}

/** A model that plays one list of actions a call; the last list is played for all further calls. */
export function scriptedModel(...calls: Action[][]): ScriptedModel {
  const model: ScriptedModel = {
    provider: 'scripted',
    model: 'script-1',
    requests: [],
    aborted: 0,
    async *stream(request) {
      const actions = calls[Math.min(model.requests.length, calls.length - 1)] ?? []
      model.requests.push(request)
      try {
        yield* play(actions, request.signal)
      } finally {
        if (request.signal.aborted) model.aborted += 1
      }
    },
  }
  return model
}

async function* play(actions: readonly Action[], signal: AbortSignal): AsyncGenerator<ModelEvent> {
  let hasCalls = false
  for (const action of actions) {
    signal.throwIfAborted()
    if ('say' in action) yield { type: action.as ?? 'text', delta: action.say }
    else if ('call' in action) {
      hasCalls = true
      const input = typeof action.args === 'string' ? action.args : JSON.stringify(action.args)
      yield { type: 'tool-call', callId: action.id ?? `call-${action.call}`, toolName: action.call, input }
    } else if ('fail' in action) throw failure(action)
    else if ('until' in action) await Promise.race([action.until, aborted(signal)])
    else if ('hang' in action) await aborted(signal)
    else return yield finish(action.finish)
  }
  yield finish(hasCalls ? 'tool-calls' : 'stop')
}

function failure({ fail, recoverable = true, retryAfterMs }: Extract<Action, { fail: unknown }>): AppError {
  return new AppError(fail, 'The script failed.', { recoverable, ...(retryAfterMs !== undefined && { retryAfterMs }) })
}

function finish(finishReason: Extract<ModelEvent, { type: 'finish' }>['finishReason']): ModelEvent {
  return { type: 'finish', finishReason, usage: { inputTokens: 10, outputTokens: 5, totalTokens: 15 } }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}
