import {
  AppError,
  type FinishReason,
  type Limit,
  type NewEvent,
  type ReasoningEffort,
  reasoningOf,
  textOf,
  toAppError,
  type Usage,
} from '#lib/protocol/index.ts'
import type { Model, StepFinishReason } from '#lib/providers/index.ts'
import { type CompactionOptions, callInContext } from './context/call-in-context.ts'
import { costOf, type Price } from './models/cost.ts'
import type { RunEvent, RunLog } from './run-log.ts'
import type { RetryPolicy } from './step.ts'
import type { AgentStore } from './store.ts'
import { PausableTimer } from './tools/pausable-timer.ts'
import { awaitedApprovals, resumeCalls, runCalls } from './tools/tool-calls.ts'
import type { ToolRunner } from './tools/tool-runner.ts'

export interface RunLimits {
  /** Model calls in a run. */
  steps: number
  /** Tokens in a run, as the provider counts them, in and out. */
  tokens: number
  /** Characters of text, reasoning and arguments that a run may write: what is longer is cut off there. */
  characters: number
  /** How long a run may take, in ms. While a person is waited for, it does not count. */
  durationMs: number
  /** What a run may cost, in US dollars. Counts only where a price is known. */
  cost: number
  /** How long a model call with its retries may take, in ms. */
  callMs: number
}

export const DEFAULT_LIMITS: RunLimits = {
  steps: 50,
  tokens: 5_000_000,
  characters: 12_000_000,
  durationMs: 60 * 60_000,
  cost: Number.POSITIVE_INFINITY,
  callMs: 60 * 60_000,
}

/** A run that was taken over this often without completing a step is ended: something in it stops its workers. */
export const MOST_EPOCHS = 10

export interface RunOptions {
  model: Model
  reasoningEffort: ReasoningEffort | null | undefined
  systemPrompt: string | undefined
  runner: ToolRunner
  limits: RunLimits
  retry: RetryPolicy
  /** What the model's tokens cost; undefined when it is not known. */
  price: Price | undefined
  /** Keeps what the model is shown within what it can take. */
  compaction: CompactionOptions
  /** Lets go of the run before its next step. */
  draining: AbortSignal
  /** Aborts `runner.signal`. */
  stop: (reason: AppError) => void
}

/** Why a run ends that takes longer than one may. */
export const OUT_OF_TIME = new AppError('max-steps', 'The answer took longer than one may.')

/** Why a worker lets go of a run without ending it: another goes on. */
export const HANDOVER = new AppError('unavailable', 'The run is handed over.')

/** How a worker leaves a run: at its end, with the queued run that may begin; or while it waits for a person. */
export type Left = { type: 'ended'; next: string | null; finishReason: FinishReason } | { type: 'waiting'; isRunnable: boolean }

/**
 * Carries a claimed run on: step after step until the model is done, Stop, a failure, a limit, or until only a person can say how
 * it goes on. Never throws for what the model or a tool did. Throws when the log refuses, or for `HANDOVER`: then the run is not
 * over, and not ours.
 */
export async function carryOut(log: RunLog, store: AgentStore, options: RunOptions): Promise<Left> {
  const { signal } = options.runner
  let ending: Ending | Awaited
  try {
    if (log.run.isCancelled) throw new AppError('cancelled', 'Stopped.')
    if (log.run.epoch > MOST_EPOCHS + log.active.step + countWaits(log)) ending = { finishReason: 'interrupted', usage: log.usage }
    else ending = await runSteps(log, options)
    if ('approvalIds' in ending) {
      await log.settle()
      signal.throwIfAborted()
      const parked = await store.parkRun(log.run, ending.approvalIds)
      log.observed.end({ status: 'waiting' })
      return { type: 'waiting', ...parked }
    }
  } catch (thrown) {
    const error = toAppError(signal.aborted ? signal.reason : thrown)
    if (error === HANDOVER || isRefusal(error)) throw error
    const { usage } = log
    if (error.code === 'cancelled') ending = { finishReason: error.code, usage }
    else if (error.code === 'max-steps') ending = { finishReason: error.code, usage, limit: 'time' }
    else ending = { finishReason: 'error', usage, error }
  }
  await log.settle()
  const { answer, active } = log
  const { next } = await store.finishRun(log.run, log.state, endingEvents(log, ending, options))
  log.observed.end({ status: 'over', ...ending, steps: active.step, answer })
  return { type: 'ended', next, finishReason: ending.finishReason }
}

interface Ending {
  finishReason: FinishReason
  usage: Usage
  error?: AppError
  limit?: Limit
}

/** Only a person can say how the run goes on. */
interface Awaited {
  approvalIds: string[]
}

/** Each call that a person decides about costs an epoch, and no worker was lost. */
function countWaits(log: RunLog): number {
  return log.answer.parts.filter((part) => part.type === 'tool').length * 2
}

/** The log did not take what this worker wrote. */
function isRefusal(error: AppError): boolean {
  return error.code === 'run-fenced' || error.code === 'session-not-found' || error.code === 'unavailable'
}

async function runSteps(log: RunLog, options: RunOptions): Promise<Ending | Awaited> {
  const { model, runner, limits, retry, draining, stop } = options
  // A step whose calls were resumed is over; one without calls is made again under its own number.
  let step = (await resumeCalls(log, runner)) ? log.active.step + 1 : Math.max(1, log.active.step)
  for (; ; step += 1) {
    const approvalIds = awaitedApprovals(log)
    if (approvalIds.length > 0) return { approvalIds }
    if (draining.aborted) throw HANDOVER
    const limit = reachedLimit(log, step, options)
    if (limit) return { finishReason: 'max-steps', usage: log.usage, limit }
    await hear(log, runner)
    log.observed.beginStep(step)
    const late = new PausableTimer(limits.callMs, () => stop(OUT_OF_TIME))
    const { characters } = limits
    const call = { model, retry, step, usage: log.usage, characters, signal: runner.signal }
    const answer = await callInContext(log, call, options, () => requestFor(log, step, options)).finally(() => late.stop())
    log.usage = answer.usage
    if (answer.calls.length > 0) await runCalls(log, answer.calls, runner)
    // What the user said meanwhile is answered too, unless the model has come to an end that is none.
    else if (answer.finishReason !== 'stop' && answer.finishReason !== 'tool-calls') return ended(log, answer.finishReason)
    else if (!(await hear(log, runner))) return ended(log, answer.finishReason)
  }
}

/** Takes in what was said to the run meanwhile, and what other instances wrote. True when there was something said. */
async function hear(log: RunLog, { store }: ToolRunner): Promise<boolean> {
  const before = countSteers(log)
  await log.catchUp(await store.takeSteering(log.run))
  return countSteers(log) > before
}

function countSteers(log: RunLog): number {
  return log.answer.parts.filter((part) => part.type === 'steer').length
}

function ended(log: RunLog, reason: StepFinishReason): Ending {
  return { finishReason: finishReasonOf(reason), usage: log.usage }
}

function reachedLimit(log: RunLog, step: number, { limits, price }: RunOptions): Limit | undefined {
  if (step > limits.steps) return 'steps'
  if (log.usage.totalTokens > limits.tokens) return 'tokens'
  if (price && costOf(log.usage, price) > limits.cost) return 'cost'
  return undefined
}

/** What the model is asked in a step: tools come and go between steps. */
function requestFor(log: RunLog, step: number, { systemPrompt, reasoningEffort, runner }: RunOptions) {
  const tools = [...runner.tools().values()].map(({ name, description, inputSchema }) => ({ name, description, inputSchema }))
  const messages = [...log.run.history, { ...log.answer, parts: log.answer.parts.slice(0, stepStart(log, step)) }]
  return { messages, tools, ...(systemPrompt !== undefined && { system: systemPrompt }), ...(reasoningEffort && { reasoningEffort }) }
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
function endingEvents(log: RunLog, { finishReason, usage, error, limit }: Ending, options: RunOptions): NewEvent[] {
  const { price } = options
  const { provider, model } = options.model
  const { id: runId, startedAt } = log.run
  const { id: messageId, parts } = log.answer
  const reasoning = reasoningOf(parts)
  const cost = price && { cost: costOf(usage, price) }
  const last: RunEvent = error
    ? {
        type: 'llm:error',
        code: error.code,
        message: error.message,
        recoverable: error.recoverable,
        ...(usage.totalTokens > 0 && { usage, ...cost }),
      }
    : {
        type: 'llm:response',
        content: textOf(parts),
        ...(reasoning !== '' && { reasoning }),
        usage,
        messageId,
        provider,
        model,
        finishReason,
        ...(limit && { limit }),
        ...(log.measured && { contextTokens: log.measured.tokens, contextLimit: options.compaction.contextTokens }),
        ...cost,
      }
  const durationMs = Math.max(0, Date.now() - Date.parse(startedAt))
  return [
    { ...last, runId },
    { type: 'run:complete', runId, finishReason, stepCount: log.active.step, durationMs },
  ]
}
