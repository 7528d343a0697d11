'use client'
import type { SessionState } from '#lib/protocol/index.ts'
import { noteOf } from './end-note.tsx'

/** Tells screen readers when an answer begins and how it ended, and not each word of it. */
export function Announcer({ state }: { state: SessionState }) {
  return (
    <p className="sr-only" role="status">
      {announcement(state)}
    </p>
  )
}

function announcement({ activeRun, messages }: SessionState): string {
  if (activeRun?.phase === 'retrying') return 'The provider did not answer. Trying again.'
  if (activeRun) return 'The answer is being written.'
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return ''
  return noteOf(last)?.text ?? 'The answer is complete.'
}
