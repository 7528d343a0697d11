import 'server-only'
import { pendingState } from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { readEntries } from '#lib/log/index.ts'
import {
  MESSAGE_PAGE_SIZE,
  type Message,
  type QueueMode,
  type ReasoningEffort,
  type SessionInfo,
  type SessionState,
  type Snapshot,
} from '#lib/protocol/index.ts'
import { QUEUED, readRunState, toMessage } from './run-state.ts'

export interface SessionRow {
  id: string
  title: string | null
  created_ms: number
  updated_ms: number
  model: string | null
  reasoning_effort: ReasoningEffort | null
}

/** The columns of a `SessionRow`. */
export const SESSION_COLUMNS = `id, title, model, reasoning_effort, (extract(epoch FROM created_at) * 1000)::float8 AS created_ms,
  (extract(epoch FROM updated_at) * 1000)::float8 AS updated_ms`

interface ActiveRow {
  id: string
  position: number
  created_ms: number
}

/** Bytes of a page, unless a single message has more. */
const PAGE_BYTES = 4_000_000

/** The newest messages before a position, at most `$3`, fewer when they are long; and how many there would be. */
export const MESSAGE_PAGE = `
SELECT content, total FROM (
  SELECT content, position, count(*) OVER ()::int AS total, row_number() OVER (ORDER BY position DESC) AS place,
         sum(octet_length(content)) OVER (ORDER BY position DESC) AS bytes
  FROM (
    SELECT content::text AS content, position FROM messages
    WHERE session_id = $1 AND position < $2 AND id NOT IN (${QUEUED}) ORDER BY position DESC LIMIT $3
  ) newest
) page WHERE place = 1 OR bytes <= ${PAGE_BYTES} ORDER BY position DESC`

/**
 * The folded state of a session with its newest messages, at one cursor. To be called in a transaction that sees one state of
 * the database throughout; null when there is no such session.
 */
export async function readSnapshot(tx: Sql, sessionId: string): Promise<Snapshot | null> {
  await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
  const [row] = await tx.query<SessionRow>(`SELECT ${SESSION_COLUMNS} FROM sessions WHERE id = $1 AND deleted_at IS NULL`, [sessionId])
  if (!row) return null
  const session = toSessionInfo(row)
  const { messages, hasOlder } = await readMessagePage(tx, sessionId)
  const queue = await readQueue(tx, sessionId)
  const { activeRun, cursor } = await readActiveRun(tx, session)
  return { session, deleted: false, messages, hasOlder, activeRun, queue, cursor }
}

/** A page of settled messages before a position, oldest first. */
export async function readMessagePage(
  sql: Sql,
  sessionId: string,
  before = 2_147_483_647,
  limit = MESSAGE_PAGE_SIZE,
): Promise<{ messages: Message[]; hasOlder: boolean }> {
  const rows = await sql.query<{ content: string; total: number }>(MESSAGE_PAGE, [sessionId, before, limit + 1])
  const page = rows.slice(0, limit)
  return { messages: page.reverse().map(toMessage), hasOlder: page.length < (rows[0]?.total ?? 0) }
}

async function readQueue(tx: Sql, sessionId: string): Promise<SessionState['queue']> {
  const rows = await tx.query<{ content: string; mode: QueueMode }>(
    "SELECT m.content::text AS content, r.mode FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.session_id = $1 AND r.status = 'queued' ORDER BY r.position",
    [sessionId],
  )
  return rows.flatMap((row) => {
    const message = toMessage(row)
    return message.role === 'user' ? [{ ...message, mode: row.mode }] : []
  })
}

async function readActiveRun(tx: Sql, session: SessionInfo): Promise<Pick<SessionState, 'activeRun' | 'cursor'>> {
  const [run] = await tx.query<ActiveRow>(
    "SELECT id, position, (extract(epoch FROM created_at) * 1000)::float8 AS created_ms FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')",
    [session.id],
  )
  if (!run) {
    return { activeRun: null, cursor: await readHead(tx, session.id) }
  }
  const from = pendingState(session, { id: run.id, position: run.position, createdAt: new Date(run.created_ms).toISOString() })
  const log = { read: (id: string, after: number, limit: number) => readEntries(tx, id, after, limit) }
  // As a reader does who follows: what its version does not know it passes over.
  const { activeRun, cursor } = await readRunState(log, from, { isLenient: true })
  return { activeRun, cursor }
}

/** The last seq of a session; 0 before its first event. */
export async function readHead(tx: Sql, sessionId: string): Promise<number> {
  const [last] = await tx.query<{ head: number }>('SELECT COALESCE(max(seq), 0) AS head FROM events WHERE session_id = $1', [sessionId])
  return last?.head ?? 0
}

export function toSessionInfo({ id, title, created_ms, updated_ms, model, reasoning_effort }: SessionRow): SessionInfo {
  return {
    id,
    title,
    createdAt: new Date(created_ms).toISOString(),
    updatedAt: new Date(updated_ms).toISOString(),
    ...(model !== null && { model }),
    ...(reasoning_effort !== null && { reasoningEffort: reasoning_effort }),
  }
}
