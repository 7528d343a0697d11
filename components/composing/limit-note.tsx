'use client'
import { MAX_MESSAGE_BYTES } from '#lib/protocol/index.ts'

export interface LimitNoteProps {
  /** Of the message that is written; what is not long has 0. */
  bytes: number
  /** How much of what the model can hold the conversation takes: 0 to 1. */
  share: number
}

const kilobytes = (bytes: number) => Math.ceil(bytes / 1_024)

/** How near a limit is, and why a message cannot be sent. */
export function LimitNote({ bytes, share }: LimitNoteProps) {
  if (share > 0.7 && bytes < 0.8 * MAX_MESSAGE_BYTES)
    return <span>{Math.floor(share * 100)} % of what the model can hold; older turns will be summarised.</span>
  const size = `${kilobytes(bytes)} kB: a message may be at most ${kilobytes(MAX_MESSAGE_BYTES)} kB.`
  if (bytes <= MAX_MESSAGE_BYTES) return <span>{size}</span>
  return (
    <span className="text-bad" role="alert">
      {size} Shorten it to send it.
    </span>
  )
}
