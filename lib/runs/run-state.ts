import 'server-only'
import type { Sql } from '#lib/db/sql.ts'
import { type EventLog, foldEntries, type Reading, readable } from '#lib/log/index.ts'
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

/** Which answer it is that is written: to what, and from where on. */
interface Place {
  sessionId: string
  position: number
  messageId: string
}

/** Bytes of a history: more than the context of any model, and less than what a process should hold for one run. */
const MOST_HISTORY_BYTES = 16_000_000

/** The conversation before an answer, as far as it fits, oldest first: without what waits, and without earlier answers to the same message. */
export async function readHistory(sql: Sql, { sessionId, position, messageId }: Place, { isLenient }: Reading): Promise<Message[]> {
  const rows = await sql.query<{ content: string }>(
    `SELECT content FROM (
       SELECT content::text AS content, position, sum(octet_length(content::text)) OVER (ORDER BY position DESC) AS bytes
       FROM messages WHERE session_id = $1 AND position <= $2 AND NOT (role = 'assistant' AND parent_id = $3) AND id NOT IN (${QUEUED})
     ) newest WHERE bytes <= ${MOST_HISTORY_BYTES} ORDER BY position`,
    [sessionId, position, messageId],
  )
  return isLenient ? rows.flatMap((row) => readable(() => toMessage(row)) ?? []) : rows.map(toMessage)
}

export function toMessage(row: { content: string }): Message {
  return messageSchema.parse(JSON.parse(row.content))
}
