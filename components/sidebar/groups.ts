'use client'
import { useEffect, useState } from 'react'
import type { ListedSession } from '#lib/client/index.ts'

export interface SessionGroup {
  name: string
  sessions: ListedSession[]
}

const DAY_MS = 86_400_000

/** Sessions by the reader's own days. Until the page has come to life the reader's time zone is not known: then in one group. */
export function useGroups(sessions: ListedSession[]): SessionGroup[] {
  const [today, setToday] = useState<Date | null>(null)
  useEffect(() => setToday(new Date()), [])
  return today ? groupByDay(sessions, today) : sessions.length > 0 ? [{ name: 'Sessions', sessions }] : []
}

/** Newest first, as they come. */
export function groupByDay(sessions: readonly ListedSession[], now: Date): SessionGroup[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  const groups: SessionGroup[] = []
  for (const session of sessions) {
    const name = dayOf(Date.parse(session.updatedAt), midnight)
    const last = groups.at(-1)
    if (last?.name === name) last.sessions.push(session)
    else groups.push({ name, sessions: [session] })
  }
  return groups
}

function dayOf(time: number, midnight: number): string {
  if (time >= midnight) return 'Today'
  // A day of 23 or 25 hours must not move a session.
  if (time >= midnight - DAY_MS - 3_600_000 && new Date(time).getDate() === new Date(midnight - DAY_MS / 2).getDate()) return 'Yesterday'
  return time >= midnight - 7 * DAY_MS ? 'Last week' : 'Older'
}
