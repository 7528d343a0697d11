'use client'
import { useEffect, useState } from 'react'
import type { ActiveRun } from '#lib/protocol/index.ts'
import { AnswerParts } from './answer.tsx'
import { liveLineOf } from './line-state.ts'

/** The answer that is being written. */
export function LiveAnswer({ run }: { run: ActiveRun }) {
  const parts = run.answer?.parts ?? []
  return (
    <article className="answer" data-line={liveLineOf(run)} aria-label="Answer being written" aria-busy="true">
      <i className="line" aria-hidden="true" />
      <AnswerParts parts={parts} joints={run.answer?.joints ?? []} />
      {run.phase === 'retrying' && run.retry ? (
        <RetryNote retry={run.retry} />
      ) : (
        <PhaseNote phase={run.phase} isEmpty={parts.length === 0} />
      )}
    </article>
  )
}

function PhaseNote({ phase, isEmpty }: { phase: ActiveRun['phase']; isEmpty: boolean }) {
  if (phase === 'writing' || phase === 'calling') return null
  return <p className={`text-list text-soft ${isEmpty ? '' : 'mt-3'}`}>{phase === 'pending' ? 'Starting…' : 'Thinking…'}</p>
}

/** Says what went wrong, and counts down to the next attempt. */
function RetryNote({ retry }: { retry: NonNullable<ActiveRun['retry']> }) {
  const seconds = useSecondsUntil(retry.at)
  const when = seconds > 0 ? `Trying again in ${seconds} s` : 'Trying again'
  return (
    <p className="mt-3 text-list text-soft">
      {retry.message} <span className="whitespace-nowrap">{`${when} (${retry.attempt} of ${retry.maxAttempts}).`}</span>
    </p>
  )
}

function useSecondsUntil(time: string): number {
  const left = () => Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1_000))
  const [seconds, setSeconds] = useState(left)
  useEffect(() => {
    const update = () => setSeconds(Math.max(0, Math.ceil((Date.parse(time) - Date.now()) / 1_000)))
    update()
    const timer = setInterval(update, 250)
    return () => clearInterval(timer)
  }, [time])
  return seconds
}
