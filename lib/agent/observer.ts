import type { AppError, AssistantMessage, FinishReason, Usage } from '#lib/protocol/index.ts'
import type { Model, StepFinishReason } from '#lib/providers/index.ts'
import type { ClaimedRun } from './store.ts'

/** What happens for each piece of an answer is only counted. */
export interface Counts {
  chunks: number
}

/**
 * Told of an agent's work while it goes on: for traces, logs and metrics. Whatever was begun ends, unless the process does. What
 * is handed over is the agent's own: to be read, not to be changed.
 */
export interface Observer {
  /** Where the agent counts. */
  readonly counts: Counts
  /** A worker took a run: the first with epoch 1, another with a higher one. */
  beginRun(run: ClaimedRun): RunObserver
  /** A model was asked for something beside an answer: a title, or a summary, whose tokens are part of its run's, too. */
  usedBeside?(call: { model: Model; usage: Usage }): void
}

/** One worker's part in one run. */
export interface RunObserver {
  /** The step before it is over. */
  beginStep(step: number): void
  /** In the step that began last. `attempt` counts from 1 in each step. */
  beginModelCall(call: { model: Model; attempt: number }): Ending<ModelCallEnd>
  /** A failed call will be made again, after `waitMs`. */
  retry(retry: { attempt: number; waitMs: number; error: AppError }): void
  beginToolCall(call: ObservedToolCall): Ending<ToolCallEnd>
  end(end: RunEnd): void
}

export interface Ending<End> {
  end(end: End): void
}

export type ModelCallEnd =
  /** `usage` is this call's alone. */
  { status: 'answered'; finishReason: StepFinishReason; usage: Usage } | { status: 'failed'; error: AppError }

export interface ObservedToolCall {
  callId: string
  toolName: string
  /** False for a name that the model made up. */
  isKnown: boolean
  args: unknown
}

export type ToolCallEnd =
  | { status: 'completed'; result: unknown }
  /** `refused`: nothing was run. `error` is what the model is told. */
  | { status: 'failed' | 'refused'; error: string }
  /** The run was stopped, or handed over. */
  | { status: 'aborted' }

export type RunEnd =
  /** `usage` and `steps` are the whole run's, `error` why it failed. */
  | { status: 'over'; finishReason: FinishReason; steps: number; usage: Usage; answer: AssistantMessage; error?: AppError }
  /** For another worker to go on, or until a person answers. */
  | { status: 'handed-over' | 'waiting' }
  /** The log did not take what this worker wrote. */
  | { status: 'refused'; error: AppError }

const ignore: Ending<unknown> = { end() {} }
const ignoreRun: RunObserver = {
  beginStep() {},
  beginModelCall: () => ignore,
  retry() {},
  beginToolCall: () => ignore,
  end() {},
}

/** Nobody looks. */
export const NO_OBSERVER: Observer = { counts: { chunks: 0 }, beginRun: () => ignoreRun }

/** One observer that tells several, who share its counts. One that throws is given to `onError`, and harms neither the run nor the others. */
export function observeAll(observers: readonly Observer[], onError: (error: unknown) => void, counts: Counts = { chunks: 0 }): Observer {
  /** What each answered, without those who threw: they hear no more of it. */
  function tell<One, Answer>(all: readonly One[], ask: (one: One) => Answer): Answer[] {
    return all.flatMap((one) => {
      try {
        return [ask(one)]
      } catch (error) {
        onError(error)
        return []
      }
    })
  }
  /** What ends a second time has ended. */
  const endAll = <End>(all: Ending<End>[]): Ending<End> => ({ end: (end) => void tell(all.splice(0), (one) => one.end(end)) })
  return {
    counts,
    beginRun(run) {
      const runs = tell(observers, (one) => one.beginRun(run))
      return {
        beginStep: (step) => void tell(runs, (one) => one.beginStep(step)),
        beginModelCall: (call) => endAll(tell(runs, (one) => one.beginModelCall(call))),
        retry: (retry) => void tell(runs, (one) => one.retry(retry)),
        beginToolCall: (call) => endAll(tell(runs, (one) => one.beginToolCall(call))),
        end: (end) => endAll(runs).end(end),
      }
    },
    usedBeside: (call) => void tell(observers, (one) => one.usedBeside?.(call)),
  }
}

/** What one call used, of what the run had used before it and after it. */
export function usedBetween(before: Usage, after: Usage): Usage {
  const used: Usage = {
    inputTokens: after.inputTokens - before.inputTokens,
    outputTokens: after.outputTokens - before.outputTokens,
    totalTokens: after.totalTokens - before.totalTokens,
  }
  for (const key of ['reasoningTokens', 'cachedInputTokens'] as const) {
    if (after[key] !== undefined) used[key] = after[key] - (before[key] ?? 0)
  }
  return used
}
