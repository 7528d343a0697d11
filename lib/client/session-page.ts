import type { ListedSession, SessionPage } from '#lib/protocol/index.ts'

/** The list after its first page was asked again: pages that were loaded after it stay, as far as they lie behind it. */
export function withFirstPage(old: SessionPage, first: SessionPage): SessionPage {
  const last = first.sessions.at(-1)
  if (first.nextCursor === null || !last) return first
  const fresh = new Set(first.sessions.map((session) => session.id))
  const behind = old.sessions.filter((session) => !fresh.has(session.id) && isBehind(session, last))
  if (behind.length === 0) return first
  return { sessions: [...first.sessions, ...behind], nextCursor: old.nextCursor }
}

export function withNextPage(old: SessionPage, next: SessionPage): SessionPage {
  const fresh = new Set(next.sessions.map((session) => session.id))
  return { sessions: [...old.sessions.filter((session) => !fresh.has(session.id)), ...next.sessions], nextCursor: next.nextCursor }
}

/** The server's order: by last change, newest first, then by id. */
export function isBehind(session: ListedSession, other: ListedSession): boolean {
  const difference = Date.parse(session.updatedAt) - Date.parse(other.updatedAt)
  return difference === 0 ? session.id < other.id : difference < 0
}

/** What a session is called where it is shown: until it has a title, how it begins; without what would turn the text round it. */
export function nameOf({ title, opening }: Pick<ListedSession, 'title' | 'opening'>): string {
  return (title ?? opening ?? 'New session').replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
}
