import type { ActiveRun, AssistantMessage } from '#lib/protocol/index.ts'

/** What the line at an answer's left says at a glance. */
export type LineState = 'streaming' | 'waiting' | 'asking' | 'complete' | 'stopped' | 'failed'

export function lineOf(answer: AssistantMessage): LineState {
  switch (answer.finishReason) {
    case 'error':
      return 'failed'
    case 'cancelled':
    case 'interrupted':
      return 'stopped'
    default:
      return 'complete'
  }
}

export function liveLineOf(run: ActiveRun): LineState {
  const last = run.answer?.parts.at(-1)
  if (last?.type === 'tool' && last.status === 'awaiting-approval') return 'asking'
  return run.phase === 'writing' ? 'streaming' : 'waiting'
}
