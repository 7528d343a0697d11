'use client'
import type { SessionState } from '#lib/protocol/index.ts'
import { shownName } from '../parts/tool/tool-name.tsx'
import { noteOf } from './end-note.tsx'
import { askingIn } from './line-state.ts'

/** Tells screen readers when an answer begins, when it waits for them and how it ended, and not each word of it. */
export function Announcer({ state }: { state: SessionState }) {
  return (
    <p className="sr-only" role="status">
      {announcement(state)}
    </p>
  )
}

function announcement({ activeRun, messages }: SessionState): string {
  if (activeRun?.phase === 'retrying') return 'The provider did not answer. Trying again.'
  const asking = activeRun && askingIn(activeRun)
  if (asking) return `The answer waits for you: ${shownName(asking.toolName)}.`
  if (activeRun) return 'The answer is being written.'
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return ''
  return noteOf(last)?.text ?? 'The answer is complete.'
}
