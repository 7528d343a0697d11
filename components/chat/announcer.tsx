'use client'
import { useState } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'
import { shownName } from '../parts/tool/tool-name.tsx'
import { noteOf } from './end-note.tsx'
import { askingIn } from './line-state.ts'

export interface Said {
  text: string
  /** What is not to be seen elsewhere. */
  isShown?: boolean
}

/** Tells screen readers when an answer begins, when it waits for them and how it ended, and not each word of it; and what was done. */
export function Announcer({ state, said }: { state: SessionState; said: Said | null }) {
  const ended = useEndBefore(state)
  return (
    <>
      <p className="sr-only" role="status">
        {ended}
      </p>
      <p className="sr-only" role="status">
        {announcement(state)}
      </p>
      <p className={said?.isShown ? 'toast' : 'sr-only'} role="status">
        {said?.text}
      </p>
    </>
  )
}

function announcement({ activeRun, messages }: SessionState): string {
  if (activeRun?.phase === 'retrying') return 'The provider did not answer. Trying again.'
  const asking = activeRun && askingIn(activeRun)
  if (asking) return `The answer waits for you: ${shownName(asking.toolName)}.`
  if (activeRun) return 'The answer is being written.'
  return endOf(messages)
}

function endOf(messages: SessionState['messages']): string {
  const last = messages.at(-1)
  if (last?.role !== 'assistant') return ''
  return noteOf(last)?.text ?? 'The answer is complete.'
}

/** How the answer before ended, where the next one began in the same moment: what waited follows at once. */
function useEndBefore({ activeRun, messages }: SessionState): string {
  const id = activeRun?.id ?? null
  const [turn, setTurn] = useState({ id, ended: '' })
  if (turn.id !== id) {
    const isAtOnce = turn.id !== null && id !== null
    setTurn({ id, ended: isAtOnce ? endOf(messages.filter(({ role }) => role === 'assistant')) : '' })
  }
  return turn.ended
}
