import type { SessionState } from './state.ts'

/** The state of a session that has no events yet. */
export function emptyState(session: SessionState['session']): SessionState {
  return { session, deleted: false, messages: [], branches: {}, hasOlder: false, activeRun: null, queue: [], cursor: 0 }
}
