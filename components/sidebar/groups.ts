import type { ListedSession } from '#lib/client/index.ts'

export interface SessionGroup {
  name: string
  sessions: ListedSession[]
}

/** Sessions, newest first as they come, by the reader's own days. Days are the calendar's: some have 23 or 25 hours. */
export function groupByDay(sessions: readonly ListedSession[], now: Date): SessionGroup[] {
  const groups: SessionGroup[] = []
  for (const session of sessions) {
    const name = dayOf(Date.parse(session.updatedAt), now)
    const last = groups.at(-1)
    if (last?.name === name) last.sessions.push(session)
    else groups.push({ name, sessions: [session] })
  }
  return groups
}

function dayOf(time: number, now: Date): string {
  if (time >= midnightBefore(now, 0)) return 'Today'
  if (time >= midnightBefore(now, 1)) return 'Yesterday'
  return time >= midnightBefore(now, 7) ? 'Last week' : 'Older'
}

function midnightBefore(now: Date, days: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - days).getTime()
}
