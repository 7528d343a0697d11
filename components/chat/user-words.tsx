import { memo } from 'react'
import type { Outgoing } from '#lib/client/index.ts'
import { textOf, type UserMessage } from '#lib/protocol/index.ts'

/** What the user said: as it was typed. */
export const UserWords = memo(function UserWords({ message }: { message: UserMessage }) {
  return (
    <article className="user-words" aria-label="You">
      {textOf(message.parts)}
    </article>
  )
})

export interface OutgoingActions {
  onResend: (id: string) => void
  onDiscard: (id: string) => void
}

/** What the user said and the server has not confirmed. */
export function OutgoingWords({ outgoing, actions }: { outgoing: Outgoing; actions: OutgoingActions }) {
  return (
    <div className="flex flex-col items-end gap-1.5">
      <article className="user-words" aria-label="You" data-status={outgoing.status}>
        {outgoing.text}
      </article>
      {outgoing.status === 'failed' && (
        <p className="flex flex-wrap items-center justify-end gap-2 text-list text-soft" role="alert">
          <span className="text-bad">Not sent: {outgoing.error}</span>
          <button type="button" className="button" onClick={() => actions.onResend(outgoing.id)}>
            Send again
          </button>
          <button type="button" className="quiet-button" onClick={() => actions.onDiscard(outgoing.id)}>
            Discard
          </button>
        </p>
      )}
    </div>
  )
}
