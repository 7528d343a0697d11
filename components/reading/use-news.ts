'use client'
import { useEffect, useState } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'

/** What has come below since the reader left the end. */
export interface News {
  messages: number
  /** Of the answer that stood last, about. */
  words: number
}

interface Seen {
  id: string | undefined
  length: number
}

/** Counts what comes while the reader is elsewhere. */
export function useNews(state: SessionState, isAtEnd: boolean): News {
  const [seen, setSeen] = useState<Seen | null>(null)
  const isGone = seen !== null && isGoneFrom(seen, state)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stood there when the reader left, or when that was taken away
  useEffect(() => setSeen(isAtEnd ? null : lastOf(state)), [isAtEnd, isGone])
  return seen === null || isAtEnd ? { messages: 0, words: 0 } : newsSince(seen, state)
}

export function newsSince(seen: Seen, state: SessionState): News {
  const ids = idsOf(state)
  const last = lastOf(state)
  if (last.id === seen.id) return { messages: 0, words: Math.round(Math.max(0, last.length - seen.length) / 6) }
  // On another branch, or after it was deleted, nobody knows what of the rest was seen.
  if (isGoneFrom(seen, state)) return { messages: 0, words: 0 }
  const at = seen.id === undefined ? -1 : ids.lastIndexOf(seen.id)
  return { messages: ids.length - 1 - at, words: 0 }
}

function isGoneFrom({ id }: Seen, state: SessionState): boolean {
  return id !== undefined && !idsOf(state).includes(id)
}

function idsOf({ messages, activeRun }: SessionState): string[] {
  const ids = messages.map(({ id }) => id)
  return activeRun?.answer ? [...ids, activeRun.answer.id] : ids
}

export function lastOf({ messages, activeRun }: SessionState): Seen {
  const last = activeRun?.answer ?? messages.at(-1)
  const length = last?.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : 0), 0) ?? 0
  return { id: last?.id, length }
}
