'use client'
import type { ActiveRun } from '#lib/protocol/index.ts'
import { useNow } from '../ui/use-now.ts'

/** What the run does while nothing new is to be read. */
export function PhaseNote({ phase, isAsking }: { phase: ActiveRun['phase']; isAsking: boolean }) {
  if (isAsking) return <p className="run-note">Waits for you</p>
  switch (phase) {
    case 'pending':
      return <p className="run-note">Starting…</p>
    case 'thinking':
      return <p className="run-note">Thinking…</p>
    case 'waiting':
      // It was decided, and no worker has taken it up yet.
      return <p className="run-note">Going on…</p>
    case 'writing':
    case 'calling':
    case 'retrying':
      return null
    default:
      return phase satisfies never
  }
}

/** Says what went wrong, and counts down to the next attempt. */
export function RetryNote({ retry }: { retry: NonNullable<ActiveRun['retry']> }) {
  const seconds = useSecondsUntil(retry.at, retry.waitMs)
  const when = seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again'
  return (
    <p className="run-note">
      {retry.message} <span className="whitespace-nowrap tabular-nums">{`${when} (${retry.attempt} of ${retry.maxAttempts}).`}</span>
    </p>
  )
}

/** Whole seconds, 0 once it is time. Never more than the whole wait, should this clock and the server's differ. */
function useSecondsUntil(time: string, longestMs: number): number {
  const now = useNow(250)
  if (now === null) return 0
  return Math.max(0, Math.ceil(Math.min(Date.parse(time) - now, longestMs) / 1_000))
}
