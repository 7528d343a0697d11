import { MAX_MESSAGE_BYTES } from '#lib/protocol/index.ts'
import { useCommandKey } from '../ui/use-command-key.ts'

/** From this share of what a message may have on, it is said how much it has. */
const NEAR = 0.8

const kilobytes = (bytes: number) => Math.ceil(bytes / 1_024)

/** What the keys do; and of a message of so many bytes, how near the limit it is, and why it cannot be sent. */
export function ComposerHint({ bytes, isBusy }: { bytes: number; isBusy: boolean }) {
  const key = useCommandKey()
  if (bytes > NEAR * MAX_MESSAGE_BYTES) {
    const isTooLong = bytes > MAX_MESSAGE_BYTES
    return (
      <span className={isTooLong ? 'text-bad' : ''} role={isTooLong ? 'alert' : 'note'}>
        {kilobytes(bytes)} kB: a message may be at most {kilobytes(MAX_MESSAGE_BYTES)} kB.{isTooLong && ' Shorten it to send it.'}
      </span>
    )
  }
  if (!isBusy) return <span className="max-[760px]:hidden">Enter sends · Shift+Enter for a new line</span>
  return <span className="composer-keys">Enter queues · {key}Enter steers</span>
}
