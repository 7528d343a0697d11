import { type AssistantMessage, type Limit, textOf } from '#lib/protocol/index.ts'

export interface AnswerActions {
  onRetry: () => void
  onContinue: () => void
}

interface Note {
  text: string
  /** The next step that is offered. */
  offer: 'retry' | 'continue' | null
  isFailure?: boolean
}

/** How an answer ended, when not simply complete; with what can be done about it. */
export function EndNote({ answer, actions }: { answer: AssistantMessage; actions: AnswerActions | null }) {
  const note = noteOf(answer)
  if (!note) return null
  return (
    <p className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-list text-soft">
      <span className={note.isFailure ? 'text-bad' : undefined}>{note.text}</span>
      {actions && note.offer === 'retry' && (
        <button type="button" className="button" onClick={actions.onRetry}>
          Retry
        </button>
      )}
      {actions && note.offer === 'continue' && (
        <button type="button" className="button" onClick={actions.onContinue}>
          Continue
        </button>
      )}
    </p>
  )
}

const LIMITS: Record<Limit, string> = {
  steps: 'Paused after as many steps as one answer may take.',
  tokens: 'Paused after as many tokens as one answer may use.',
  time: 'Paused after as long as one answer may take.',
  cost: 'Paused after as much as one answer may cost.',
}

export function noteOf({ finishReason, error, parts, limit }: AssistantMessage): Note | null {
  switch (finishReason) {
    case 'error':
      return { text: error?.message ?? 'The answer failed.', offer: 'retry', isFailure: true }
    case 'cancelled':
      return { text: 'Stopped', offer: parts.length > 0 ? 'continue' : 'retry' }
    case 'interrupted':
      return { text: 'The answer was interrupted. What was written is kept.', offer: 'continue' }
    case 'length':
      return { text: "The answer reached the model's length limit.", offer: 'continue' }
    case 'content-filter':
      return { text: "The provider's content filter ended the answer.", offer: 'retry' }
    case 'max-steps':
      return { text: `${limit ? LIMITS[limit] : LIMITS.steps} What was done is kept.`, offer: 'continue' }
    case 'stop':
      return textOf(parts).trim() === '' ? { text: 'The model gave an empty answer.', offer: 'retry' } : null
    case undefined:
      return null
    default:
      return finishReason satisfies never
  }
}
