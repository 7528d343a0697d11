import { AppError, type FinishReason, type NewEvent, reasoningOf, textOf, toAppError, type Usage } from '#lib/protocol/index.ts'
import type { Model, StepFinishReason } from '#lib/providers/index.ts'
import type { RunEvent, RunLog } from './run-log.ts'
import { callModel, type RetryPolicy } from './step.ts'
import type { AgentStore } from './store.ts'
import { resumeCalls, runCalls, type ToolRunner } from './tool-calls.ts'

export interface RunLimits {
  /** Model calls in a run. */
  steps: number
  /** Tokens in a run, as the provider counts them, in and out. */
  tokens: number
  /** Characters of text, reasoning and arguments that a run may write: what is longer is cut off there. */
  characters: number
  /** How long a run may take, in ms. */
  durationMs: number
  /** How long a model call with its retries may take, in ms. */
  callMs: number
}

export const DEFAULT_LIMITS: RunLimits = {
  steps: 50,
  tokens: 5_000_000,
  characters: 12_000_000,
  durationMs: 60 * 60_000,
  callMs: 60 * 60_000,
}

/** A run that was taken over this often without completing a step is ended: something in it stops its workers. */
export const MOST_EPOCHS = 10

export interface RunOptions {
  model: Model
  systemPrompt: string | undefined
  runner: ToolRunner
  limits: RunLimits
  retry: RetryPolicy
  /** Lets go of the run before its next step. */
  draining: AbortSignal
  /** Aborts `runner.signal`. */
  stop: (reason: AppError) => void
}

/** Why a run ends that takes longer than one may. */
export const OUT_OF_TIME = new AppError('max-steps', 'The answer took longer than one may.')

/** Why a worker lets go of a run without ending it: another goes on. */
export const HANDOVER = new AppError('unavailable', 'The run is handed over.')

/**
 * Carries a claimed run to its end: step after step until the model is done, Stop, a failure or a cap. Never throws for what
 * the model or a tool did. Throws when the log refuses, or for `HANDOVER`: then the run is not over, and not ours.
 */
export async function carryOut(
  log: RunLog,
  store: AgentStore,
  options: RunOptions,
): Promise<{ next: string | null; finishReason: FinishReason }> {
  const { signal } = options.runner
  let ending: Ending
  try {
    if (log.run.isCancelled) throw new AppError('cancelled', 'Stopped.')
    if (log.run.epoch > MOST_EPOCHS + log.active.step) ending = { finishReason: 'interrupted', usage: log.usage }
    else ending = await runSteps(log, options)
  } catch (thrown) {
    const error = toAppError(signal.aborted ? signal.reason : thrown)
    if (error === HANDOVER || isRefusal(error)) throw error
    const { usage } = log
    ending =
      error.code === 'cancelled' || error.code === 'max-steps'
        ? { finishReason: error.code, usage }
        : { finishReason: 'error', usage, error }
  }
  await log.settle()
  const { next } = await store.finishRun(log.run, log.state, endingEvents(log, ending, options.model))
  return { next, finishReason: ending.finishReason }
}

interface Ending {
  finishReason: FinishReason
  usage: Usage
  error?: AppError
}

/** The log did not take what this worker wrote. */
function isRefusal(error: AppError): boolean {
  return error.code === 'run-fenced' || error.code === 'session-not-found' || error.code === 'unavailable'
}

async function runSteps(log: RunLog, options: RunOptions): Promise<Ending> {
  const { model, systemPrompt, runner, limits, retry, draining, stop } = options
  const tools = [...runner.tools.values()].map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  // A step whose calls were resumed is over; one without calls is made again under its own number.
  let step = (await resumeCalls(log, runner)) ? log.active.step + 1 : Math.max(1, log.active.step)
  for (; ; step += 1) {
    if (draining.aborted) throw HANDOVER
    if (step > limits.steps || log.usage.totalTokens > limits.tokens) return { finishReason: 'max-steps', usage: log.usage }
    const messages = [...log.run.history, { ...log.answer, parts: log.answer.parts.slice(0, stepStart(log, step)) }]
    const request = { messages, tools, ...(systemPrompt !== undefined && { system: systemPrompt }) }
    const late = setTimeout(() => stop(OUT_OF_TIME), limits.callMs)
    const { characters } = limits
    const call = callModel(log, { model, request, retry, step, usage: log.usage, characters, signal: runner.signal })
    const answer = await call.finally(() => clearTimeout(late))
    log.usage = answer.usage
    if (answer.calls.length === 0) return { finishReason: finishReasonOf(answer.finishReason), usage: log.usage }
    await runCalls(log, answer.calls, runner)
  }
}

/** The parts of a step that is made again are not shown to the model. */
function stepStart(log: RunLog, step: number): number {
  return step === log.active.step ? log.active.stepStart : log.answer.parts.length
}

function finishReasonOf(reason: StepFinishReason): FinishReason {
  if (reason === 'error')
    throw new AppError('provider-error', 'The provider ended the answer with an error. What was written is kept.', { recoverable: true })
  // A model that says "tool-calls" and asks for none has nothing more to say.
  return reason === 'tool-calls' ? 'stop' : reason
}

/** The model's name may be known only now: a local server is asked for it with the first request. */
function endingEvents(log: RunLog, { finishReason, usage, error }: Ending, { provider, model }: Model): NewEvent[] {
  const { id: runId, startedAt } = log.run
  const { id: messageId, parts } = log.answer
  const reasoning = reasoningOf(parts)
  const last: RunEvent = error
    ? { type: 'llm:error', code: error.code, message: error.message, recoverable: error.recoverable }
    : {
        type: 'llm:response',
        content: textOf(parts),
        ...(reasoning !== '' && { reasoning }),
        usage,
        messageId,
        provider,
        model,
        finishReason,
      }
  const durationMs = Math.max(0, Date.now() - Date.parse(startedAt))
  return [
    { ...last, runId },
    { type: 'run:complete', runId, finishReason, stepCount: log.active.step, durationMs },
  ]
}
