import type { ActiveRun, AssistantMessage, ToolPart } from '#lib/protocol/index.ts'

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
  if (askingIn(run)) return 'asking'
  return run.phase === 'writing' ? 'streaming' : 'waiting'
}

/** The call that a person is asked about, the first of several; undefined when nobody is asked. While text comes, nobody is. */
export function askingIn({ phase, answer }: ActiveRun): ToolPart | undefined {
  if (phase !== 'calling' && phase !== 'waiting') return undefined
  return answer?.parts.find((part): part is ToolPart => part.type === 'tool' && part.status === 'awaiting-approval')
}
