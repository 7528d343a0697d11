import type { ListChange, SessionPage } from '#lib/protocol/index.ts'
import { isBehind, withFirstPage } from '../session-page.ts'
import { type Shape, shapeOf } from '../shape.ts'

/** Null for what this version does not know. */
export function parseListChange(data: string): ListChange | null {
  const change = shapeOf(JSON.parse(data))
  return change && isKnown(change) ? (change as unknown as ListChange) : null
}

function isKnown({ type, sessions, session, sessionId }: Shape): boolean {
  if (type === 'list:page') return Array.isArray(sessions)
  if (type === 'list:changed') return shapeOf(session) !== null
  return type === 'list:removed' && typeof sessionId === 'string'
}

/** A session that stands behind what is loaded is left out: it comes with its page. */
export function withChange(old: SessionPage, change: ListChange): SessionPage {
  if (change.type === 'list:page') return withFirstPage(old, change)
  const id = change.type === 'list:changed' ? change.session.id : change.sessionId
  const sessions = old.sessions.filter((one) => one.id !== id)
  if (change.type === 'list:changed') {
    const place = sessions.findIndex((one) => isBehind(one, change.session))
    if (place >= 0) sessions.splice(place, 0, change.session)
    else if (old.nextCursor === null) sessions.push(change.session)
  }
  return { ...old, sessions }
}
