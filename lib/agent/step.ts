import { type AppError, addUsage, toAppError, type Usage } from '#lib/protocol/index.ts'
import type { Model, ModelEvent, ModelRequest, StepFinishReason } from '#lib/providers/index.ts'
import { usedBetween } from './observer.ts'
import type { RunLog } from './run-log.ts'

export interface RetryPolicy {
  /** Model calls of one step in all. */
  maxAttempts: number
  /** The first wait when the provider names none; it doubles with each attempt. */
  baseMs: number
}

export const DEFAULT_RETRY: RetryPolicy = { maxAttempts: 3, baseMs: 1_000 }
const LONGEST_WAIT_MS = 60_000

export interface AskedCall {
  callId: string
  toolName: string
  /** The arguments as the model wrote them. */
  input: string
  metadata: Extract<ModelEvent, { type: 'tool-call' }>['metadata']
}

export interface ModelAnswer {
  finishReason: StepFinishReason
  usage: Usage
  calls: AskedCall[]
}

export interface ModelCall {
  model: Model
  request: Omit<ModelRequest, 'signal'>
  retry: RetryPolicy
  /** The number of this step, from 1. */
  step: number
  /** What the steps before used. */
  usage: Usage
  /** Characters that the run may write in all. */
  characters: number
  signal: AbortSignal
}

/**
 * One step's model call, tried again while that may help. Text that was shown stays until the next attempt's first output
 * takes its place, so that a provider which never comes back costs the reader nothing. Throws the last `AppError`, or the
 * signal's reason.
 */
export async function callModel(log: RunLog, call: ModelCall): Promise<ModelAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const observed = log.observed.beginModelCall({ model: call.model, attempt })
    try {
      const answer = await tryModel(log, call, attempt)
      observed.end({ status: 'answered', finishReason: answer.finishReason, usage: usedBetween(call.usage, answer.usage) })
      return answer
    } catch (thrown) {
      observed.end({ status: 'failed', error: toAppError(call.signal.aborted ? call.signal.reason : thrown) })
      call.signal.throwIfAborted()
      const error = toAppError(thrown)
      if (!error.recoverable || attempt >= call.retry.maxAttempts) throw error
      await waitForRetry(log, call, error, attempt + 1)
    }
  }
}

async function tryModel(log: RunLog, call: ModelCall, attempt: number): Promise<ModelAnswer> {
  const { model, request, retry, step, usage, characters, signal } = call
  await log.append({ type: 'llm:thinking', step, usage })
  const calls: AskedCall[] = []
  const ids = new CallIds(log, step)
  let hasStale = log.answer.parts.length > log.active.stepStart
  for await (const event of model.stream({ ...request, signal })) {
    if (hasStale) {
      await withdraw(log, attempt, retry.maxAttempts)
      hasStale = false
    }
    if (log.written > characters) {
      await log.settle()
      return { finishReason: 'length', usage, calls: [] }
    }
    switch (event.type) {
      case 'text':
      case 'reasoning':
        await log.appendDelta({
          type: 'llm:chunk',
          chunkType: event.type,
          content: event.delta,
          ...(event.metadata && { metadata: event.metadata }),
        })
        break
      case 'tool-delta':
        await log.appendArgsDelta({
          type: 'llm:tool-call-partial',
          callId: ids.begin(event.callId),
          toolName: event.toolName,
          argsDelta: event.argsDelta,
        })
        break
      case 'tool-call':
        if (!ids.hasBegun(event.callId))
          await log.appendArgsDelta({
            type: 'llm:tool-call-partial',
            callId: ids.begin(event.callId),
            toolName: event.toolName,
            argsDelta: event.input,
          })
        calls.push({ callId: ids.end(event.callId), toolName: event.toolName, input: event.input, metadata: event.metadata })
        break
      case 'finish': {
        await log.settle()
        // Nothing means no arguments, unless the answer was cut: then it may be all that is left of some.
        const noArguments = event.finishReason === 'tool-calls' ? '{}' : ''
        const asked = calls.map((call) => ({ ...call, input: call.input || noArguments }))
        const { inputTokens, outputTokens } = event.usage
        log.unansweredFrom = log.active.stepStart
        // Some servers count nothing.
        if (inputTokens > 0) log.measured = { tokens: inputTokens + outputTokens, from: log.active.stepStart }
        return { finishReason: event.finishReason, usage: addUsage(usage, event.usage), calls: asked }
      }
      default:
        event satisfies never
    }
  }
  throw new TypeError('A model ended its stream without a finish or an error.')
}

/** Some providers count their calls anew with each answer, give two the same id, or none: here each id is one call's. */
class CallIds {
  readonly #used: Set<string>
  readonly #open = new Map<string, string>()
  readonly #step: number

  constructor(log: RunLog, step: number) {
    const earlier = log.answer.parts.slice(0, step === log.active.step ? log.active.stepStart : undefined)
    this.#used = new Set(earlier.flatMap((part) => (part.type === 'tool' ? part.callId : [])))
    this.#step = step
  }

  hasBegun(id: string): boolean {
    return this.#open.has(id)
  }

  /** The id of the call that is being written under a provider's id. */
  begin(id: string): string {
    const open = this.#open.get(id)
    if (open !== undefined) return open
    let own = id || 'call'
    for (let count = this.#step; this.#used.has(own); count += 1) own = `${id || 'call'}-${count}`
    this.#used.add(own)
    this.#open.set(id, own)
    return own
  }

  /** The call is complete: the next one under this id is another. */
  end(id: string): string {
    const own = this.begin(id)
    this.#open.delete(id)
    return own
  }
}

/** Takes back what an earlier attempt, or a worker that died, wrote in this step. */
export async function withdraw(log: RunLog, attempt: number, maxAttempts: number): Promise<void> {
  await log.append({
    type: 'llm:retrying',
    attempt,
    maxAttempts,
    waitMs: 0,
    error: { code: 'provider-cut', message: 'The answer broke off and is written again.' },
    discard: true,
  })
}

async function waitForRetry(log: RunLog, { retry, signal }: ModelCall, error: AppError, attempt: number): Promise<void> {
  const backoff = retry.baseMs * 2 ** (attempt - 2) * (1 + Math.random() / 4)
  const waitMs = Math.round(Math.min(error.retryAfterMs ?? backoff, LONGEST_WAIT_MS))
  const { code, message } = error
  log.observed.retry({ attempt, waitMs, error })
  await log.append({ type: 'llm:retrying', attempt, maxAttempts: retry.maxAttempts, waitMs, error: { code, message }, discard: false })
  await sleep(waitMs, signal)
}

/** Throws the signal's reason when it aborts. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const onAbort = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}
