'use client'
import { useEffect, useState } from 'react'
import type { ActiveRun } from '#lib/protocol/index.ts'

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
  // Server and browser would not count alike: the count begins in the browser.
  const [now, setNow] = useState<number | null>(null)
  useEffect(() => {
    const count = () => setNow(Date.now())
    count()
    const timer = setInterval(count, 250)
    return () => clearInterval(timer)
  }, [])
  if (now === null) return 0
  return Math.max(0, Math.ceil(Math.min(Date.parse(time) - now, longestMs) / 1_000))
}
