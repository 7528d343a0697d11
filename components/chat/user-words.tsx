import { memo, useState } from 'react'
import type { Outgoing } from '#lib/client/index.ts'
import { SaidAnew } from '../branches/said-anew.tsx'
import { isLarge } from '../composing/pasted.ts'
import { Words } from '../ui/words.tsx'

/** Of what did not reach the server. */
export const WAITS = 'Will be sent when the connection is back.'

export interface UserWordsProps {
  id: string
  text: string
  /** What stands in the way of a message that the log does not have; null for one that it has. */
  delivery: Pick<Outgoing, 'status' | 'error' | 'isWaiting'> | null
  onResend: (id: string) => void
  onDiscard: (id: string) => void
}

/** What the user said, as it was typed: shown at once, a little paler until the server has confirmed it. */
export const UserWords = memo(function UserWords({ id, text, delivery, onResend, onDiscard }: UserWordsProps) {
  return (
    <div className="said flex flex-col items-end gap-1.5">
      {delivery ? <Said text={text} status={delivery.status} /> : <SettledWords id={id} text={text} />}
      {delivery?.status === 'failed' && (
        <p className="flex flex-wrap items-center justify-end gap-2 text-list text-soft" role="alert">
          {delivery.isWaiting ? WAITS : <span className="text-bad">Not sent: {delivery.error ?? 'it is not known why.'}</span>}
          <button type="button" className="button" onClick={() => onResend(id)}>
            Send again
          </button>
          <button type="button" className="quiet-button" onClick={() => onDiscard(id)}>
            Discard
          </button>
        </p>
      )}
    </div>
  )
})

function SettledWords({ id, text }: { id: string; text: string }) {
  return (
    <SaidAnew messageId={id} text={text}>
      <Said text={text} status="settled" />
    </SaidAnew>
  )
}

/** What is long shows its beginning, and opens. While one looks for something, all of it is shown. */
export function Said({ text, status }: { text: string; status: string }) {
  const [isOpen, setIsOpen] = useState(false)
  const isLong = isLarge(text)
  return (
    <>
      <article className="user-words" aria-label="You" data-status={status} data-folded={isLong && !isOpen}>
        <Words text={text} />
      </article>
      {isLong && (
        <button type="button" className="quiet-button" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
          {isOpen ? 'Show less' : 'Show all'}
        </button>
      )}
    </>
  )
}
