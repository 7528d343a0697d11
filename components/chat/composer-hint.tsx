import { useCommandKey } from '../ui/use-command-key.ts'

/** What the keys do, and why a message cannot be sent. */
export function ComposerHint({ isTooLong, isBusy }: { isTooLong: boolean; isBusy: boolean }) {
  const key = useCommandKey()
  if (isTooLong) {
    return (
      <span className="text-bad" role="alert">
        A message may be at most 256 kB. Shorten it to send it.
      </span>
    )
  }
  if (!isBusy) return <span className="max-[760px]:hidden">Enter sends · Shift+Enter for a new line</span>
  return <span className="composer-keys">Enter queues · {key}Enter steers</span>
}
