import type { ActiveRun, AssistantMessage } from '#lib/protocol/index.ts'

/** What the line at an answer's left says at a glance. `lost`: it is being written, and this page is not connected. */
export type LineState = 'streaming' | 'waiting' | 'asking' | 'lost' | 'complete' | 'stopped' | 'failed'

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

export function liveLineOf(run: ActiveRun, isLive: boolean): LineState {
  if (!isLive) return 'lost'
  const isAsking = run.answer?.parts.some((part) => part.type === 'tool' && part.status === 'awaiting-approval')
  if (isAsking) return 'asking'
  return run.phase === 'writing' ? 'streaming' : 'waiting'
}
