import type { SessionState } from '#lib/protocol/index.ts'
import { askingIn } from './line-state.ts'

/** What the window of a session is called. The server says the same first, so that neither overwrites the other with less. */
export function windowTitle({ session, activeRun }: Pick<SessionState, 'session' | 'activeRun'>): string {
  const isAsking = activeRun !== null && askingIn(activeRun) !== undefined
  return `${isAsking ? 'Waits for you · ' : ''}${session.title ?? 'Session'} · Rill`
}
