import 'server-only'
import { type ClaimedRun, idTaken } from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError, type Message, type QueueMode } from '#lib/protocol/index.ts'
import { SESSION_COLUMNS, type SessionRow, toSessionInfo } from './snapshot.ts'

/** Puts a run's job into the run queue, in the transaction that makes the run runnable. */
export type EnqueueRun = (tx: Sql, runId: string) => Promise<void>

export interface RunRow {
  id: string
  session_id: string
  message_id: string
  answer_id: string
  status: 'queued' | 'pending' | 'running' | 'waiting' | 'finished'
  mode: QueueMode
  epoch: number
  position: number
  created_ms: number
  is_cancelled: boolean
  /** Who answers, where that was said for this run. */
  model: string | null
}

/** Reads `RunRow`s. */
export const RUN = `SELECT id, session_id, message_id, answer_id, status, mode, epoch, position, model,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms, cancel_requested_at IS NOT NULL AS is_cancelled FROM runs`
/** Reads `SessionRow`s. */
export const SESSION = `SELECT ${SESSION_COLUMNS} FROM sessions`

/** One at a time decides over a session's runs. Writers of events are not held up by this lock. */
export async function lockSession(tx: Sql, sessionId: string): Promise<void> {
  const rows = await tx.query('SELECT id FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [sessionId])
  if (rows.length === 0) throw new AppError('session-not-found', 'There is no such session.')
}

interface MessagePlace {
  position: number
  /** Default: as the message says, to which what is deleted is not there. */
  parentId?: string | null
}

/** Throws `conflict` when another session takes the id at the same moment. */
export async function insertMessage(tx: Sql, sessionId: string, message: Message, place: MessagePlace): Promise<void> {
  const { position, parentId = message.parentId } = place
  const rows = await tx.query(
    `INSERT INTO messages (id, session_id, parent_id, role, position, content) VALUES ($1, $2, $3, $4, $5, $6::text::json)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [message.id, sessionId, parentId, message.role, position, JSON.stringify(message)],
  )
  if (rows.length === 0) throw idTaken('message')
}

/** Something new is said: from here on the branch of the newest message is shown. */
export async function touchSession(tx: Sql, sessionId: string): Promise<void> {
  await tx.query('UPDATE sessions SET updated_at = now(), leaf_id = NULL WHERE id = $1', [sessionId])
}

export async function findRun(sql: Sql, runId: string): Promise<RunRow | undefined> {
  const [row] = await sql.query<RunRow>(`${RUN} WHERE id = $1`, [runId])
  return row
}

/** Throws `run-fenced` when another worker has the run, or it is over. */
export async function checkClaim(tx: Sql, run: ClaimedRun): Promise<void> {
  const row = await findRun(tx, run.id)
  if (row?.status !== 'running' || row.epoch !== run.epoch) throw new AppError('run-fenced', 'The run has another worker, or is over.')
}

export async function findSession(sql: Sql, sessionId: string, options?: { withDeleted?: boolean; ownerId?: string }) {
  const [row] = await sql.query<SessionRow>(
    `${SESSION} WHERE id = $1 AND ($2 OR deleted_at IS NULL) AND ($3::uuid IS NULL OR user_id = $3)`,
    [sessionId, options?.withDeleted ?? false, options?.ownerId ?? null],
  )
  return row ? toSessionInfo(row) : null
}

/** Throws `session-not-found` for null. */
export function getOrThrow<T>(value: T | null): T {
  if (value === null) throw new AppError('session-not-found', 'There is no such session.')
  return value
}

type OpenStatus = 'queued' | 'pending' | 'running' | 'waiting'

/** Each half by the index that has exactly its rows. */
export const RUN_COUNTS = `SELECT status, count(*)::int AS count FROM runs WHERE status IN ('pending', 'running', 'waiting') GROUP BY status
  UNION ALL SELECT 'queued', count(*)::int FROM runs WHERE status = 'queued'`

/** Runs that are not over, by status. */
export async function countRuns(db: Sql): Promise<Record<OpenStatus, number>> {
  const rows = await db.query<{ status: OpenStatus; count: number }>(RUN_COUNTS)
  return { queued: 0, pending: 0, running: 0, waiting: 0, ...Object.fromEntries(rows.map(({ status, count }) => [status, count])) }
}
