import type { ListChange, ListedSession } from '#lib/protocol/index.ts'

/** What a user may want to be told of. */
export interface ListEvent {
  kind: 'done' | 'waits'
  session: ListedSession
}

/** Reads out of changes of the list that an answer is there, or that one waits for the user. What it hears first is no news. */
export function createListWatch(): (change: ListChange) => ListEvent[] {
  const known = new Map<string, Pick<ListedSession, 'active' | 'waiting'>>()

  function look(session: ListedSession): ListEvent[] {
    const before = known.get(session.id)
    known.set(session.id, session)
    if (session.waiting && before?.waiting === false) return [{ kind: 'waits', session }]
    if (before?.active && !session.active) return [{ kind: 'done', session }]
    return []
  }

  return (change) => {
    if (change.type === 'list:page') return change.sessions.flatMap(look)
    if (change.type === 'list:changed') return look(change.session)
    known.delete(change.sessionId)
    return []
  }
}
