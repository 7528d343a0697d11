'use client'
import { type FirstMessage, firstMessages } from '#lib/client/first-messages.ts'
import { Said, WAITS } from './user-words.tsx'

export interface WaitingFirstProps {
  messages: readonly FirstMessage[]
  /** Takes the words of one back, to be written on; none when it was discarded. */
  onBack: (text: string) => void
}

/** First messages on their way: what stands between them and their session, and what can be done about it. */
export function WaitingFirst({ messages, onBack }: WaitingFirstProps) {
  const take = (sessionId: string, text: string) => {
    firstMessages.discard(sessionId)
    onBack(text)
  }
  return messages.map(({ sessionId, text, status, isWaiting, error }) => (
    <div key={sessionId} className="said flex flex-col items-end gap-1.5">
      <Said text={text} status={status} />
      {status === 'failed' && (
        <p className="flex flex-wrap items-center justify-end gap-2 text-list text-soft" role="alert">
          {isWaiting ? WAITS : <span className="text-bad">Not sent: {error}</span>}
          <button type="button" className="button" onClick={() => firstMessages.resend(sessionId)}>
            Send again
          </button>
          <button type="button" className="quiet-button" onClick={() => take(sessionId, text)}>
            Edit
          </button>
          <button type="button" className="quiet-button" onClick={() => take(sessionId, '')}>
            Discard
          </button>
        </p>
      )}
    </div>
  ))
}
