import type { SessionState } from '#lib/protocol/index.ts'
import { Late, latePart } from '../ui/late.tsx'
import { useCommandKey } from '../ui/use-command-key.ts'

const lateNote = latePart(async () => (await import('../composing/limit-note.tsx')).LimitNote)

/** From here on it is said: of a message, in bytes; of what the model can hold, as a share. */
const NEAR_BYTES = 210_000
const NEAR_SHARE = 0.7

interface ComposerHintProps {
  /** Of what is written, in UTF-8. */
  bytes: number
  state: SessionState | undefined
  isBusy: boolean
}

/** What the keys do, and how near a limit is. */
export function ComposerHint({ bytes, state, isBusy }: ComposerHintProps) {
  const key = useCommandKey()
  const last = state?.messages.at(-1)
  const share = last?.role === 'assistant' && last.contextLimit ? (last.contextTokens ?? 0) / last.contextLimit : 0
  if (bytes > NEAR_BYTES || share > NEAR_SHARE) return <Late part={lateNote} props={{ bytes, share }} />
  if (!isBusy) return <span className="max-[760px]:hidden">Enter sends · Shift+Enter for a new line</span>
  return <span className="composer-keys">Enter queues · {key}Enter steers</span>
}
