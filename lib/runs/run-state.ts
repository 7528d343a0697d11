import 'server-only'
import { type EventLog, foldEntries, type Reading } from '#lib/log/index.ts'
import type { Message, SessionState } from '#lib/protocol/index.ts'
import { message as messageSchema } from '#lib/protocol/schemas.ts'

const PAGE = 1_000

/** What waits for its run is not in the conversation yet. `$1` is the session. */
export const QUEUED = "SELECT message_id FROM runs WHERE session_id = $1 AND status = 'queued'"

/** Folds the log's events onto a state, from its cursor to the log's end. */
export async function readRunState(log: Pick<EventLog, 'read'>, from: SessionState, reading: Reading): Promise<SessionState> {
  let state = from
  for (;;) {
    const entries = await log.read(state.session.id, state.cursor, PAGE)
    state = foldEntries(state, entries, reading)
    if (entries.length < PAGE) return state
  }
}

export function toMessage(row: { content: string }): Message {
  return messageSchema.parse(JSON.parse(row.content))
}
