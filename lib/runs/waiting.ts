import 'server-only'
import { type ClaimedRun, type ModelName, notWaiting, removedEvents, reordered, steeredEvents } from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError, type NewEvent, type QueueMode, type SteerPart } from '#lib/protocol/index.ts'
import { checkQueuedBytes } from './accept.ts'
import { readLeaf } from './branches.ts'
import { checkClaim, type EnqueueRun, lockSession, RUN, type RunRow, touchSession } from './rows.ts'
import { toMessage } from './run-state.ts'

/** The queued run that was first becomes the active one, in the transaction that ends the one before. */
export async function promoteNext(tx: Sql, sessionId: string, place: { seq: number; at: string }, enqueue: EnqueueRun) {
  const [next] = await tx.query<RunRow>(`${RUN} WHERE session_id = $1 AND status = 'queued' ORDER BY position LIMIT 1`, [sessionId])
  await touchSession(tx, sessionId)
  if (!next) return { events: [], result: { next: null } }
  const parentId = await readLeaf(tx, sessionId)
  // Its time counts from here: it may have waited for long.
  await tx.query("UPDATE runs SET status = 'pending', position = $2, created_at = $3 WHERE id = $1", [next.id, place.seq, place.at])
  const message = { ...(await messageOf(tx, next)), parentId }
  await tx.query('UPDATE messages SET position = $2, parent_id = $3, content = $4::text::json WHERE id = $1', [
    message.id,
    place.seq,
    parentId,
    JSON.stringify(message),
  ])
  await enqueue(tx, next.id)
  const event: NewEvent = { type: 'message:dequeued', runId: next.id, messageId: next.message_id, mode: 'follow-up' }
  return { events: [event], result: { next: next.id } }
}

/** For the usual case that nothing waits, without a transaction; and the log's last seq. */
export async function lookForSteering(sql: Sql, sessionId: string): Promise<{ isThere: boolean; head: number }> {
  const [row] = await sql.query<{ is_there: boolean; head: number }>(
    `SELECT EXISTS (SELECT 1 FROM runs WHERE session_id = $1 AND status = 'queued' AND mode = 'steer') AS is_there,
            (SELECT COALESCE(max(seq), 0) FROM events WHERE session_id = $1) AS head`,
    [sessionId],
  )
  return { isThere: row?.is_there ?? false, head: row?.head ?? 0 }
}

/** What was said to the answers that the run's message has already. */
export async function readSteering(tx: Sql, { session_id, message_id }: RunRow): Promise<SteerPart[]> {
  const rows = await tx.query<Omit<SteerPart, 'type'>>(
    `SELECT part ->> 'messageId' AS "messageId", part ->> 'text' AS text, part ->> 'at' AS at
     FROM messages m CROSS JOIN LATERAL json_array_elements(m.content -> 'parts') part
     WHERE m.session_id = $1 AND m.parent_id = $2 AND m.role = 'assistant' AND m.deleted_at IS NULL AND part ->> 'type' = 'steer'
     ORDER BY m.position`,
    [session_id, message_id],
  )
  return rows.map((row) => ({ type: 'steer', ...row }))
}

export async function takeSteering(tx: Sql, run: ClaimedRun, { seq, at }: { seq: number; at: string }) {
  await lockSession(tx, run.sessionId)
  await checkClaim(tx, run)
  const rows = await tx.query<RunRow>(`${RUN} WHERE session_id = $1 AND status = 'queued' AND mode = 'steer' ORDER BY position`, [
    run.sessionId,
  ])
  const events: NewEvent[] = []
  for (const row of rows) {
    const message = await messageOf(tx, row)
    events.push(...steeredEvents(run, { id: row.id, createdAt: new Date(row.created_ms).toISOString(), message }, at))
    await endQueued(tx, row, 'stop')
  }
  return { events, result: seq + events.length - 1 }
}

export async function updateQueued(tx: Sql, { sessionId, messageId }: Waiting, { text, mode }: { text?: string; mode?: QueueMode }) {
  const row = await findQueued(tx, sessionId, messageId)
  if (text !== undefined) {
    const message = { ...(await messageOf(tx, row)), parts: [{ type: 'text' as const, text }] }
    await tx.query('UPDATE messages SET content = $2::text::json WHERE id = $1', [messageId, JSON.stringify(message)])
    await checkQueuedBytes(tx, sessionId)
  }
  if (mode !== undefined) await tx.query('UPDATE runs SET mode = $2 WHERE id = $1', [row.id, mode])
  const update = { ...(text !== undefined && { text }), ...(mode !== undefined && { mode }) }
  const event: NewEvent = { type: 'message:updated', runId: row.id, messageId, ...update }
  return { events: [event], result: undefined }
}

export async function removeQueued(tx: Sql, { sessionId, messageId }: Waiting, by: ModelName, at: string) {
  const row = await findQueued(tx, sessionId, messageId)
  const run = { id: row.id, messageId, answerId: row.answer_id, createdAt: new Date(row.created_ms).toISOString() }
  await endQueued(tx, row, 'cancelled')
  return { events: removedEvents(run, by, at), result: undefined }
}

/** The places stay, and who stands in them changes. */
export async function reorderQueue(tx: Sql, sessionId: string, messageIds: string[]) {
  await lockSession(tx, sessionId)
  const rows = await tx.query<RunRow>(`${RUN} WHERE session_id = $1 AND status = 'queued' ORDER BY position`, [sessionId])
  const before = rows.map((row) => ({ ...row, messageId: row.message_id }))
  const after = reordered(before, messageIds)
  if (after.every((row, index) => row === before[index])) return { events: [], result: undefined }
  await tx.query(
    'UPDATE runs SET position = wanted.position FROM unnest($1::uuid[], $2::int[]) AS wanted(id, position) WHERE runs.id = wanted.id',
    [after.map((row) => row.id), before.map((row) => row.position)],
  )
  const event: NewEvent = { type: 'session:queue-reordered', messageIds: after.map((row) => row.messageId) }
  return { events: [event], result: undefined }
}

interface Waiting {
  sessionId: string
  messageId: string
}

/** Under the session's lock. Throws `not-found`; `conflict` when it does not wait any more. */
async function findQueued(tx: Sql, sessionId: string, messageId: string): Promise<RunRow> {
  await lockSession(tx, sessionId)
  const rows = await tx.query<RunRow>(`${RUN} WHERE session_id = $1 AND message_id = $2`, [sessionId, messageId])
  if (rows.length === 0) throw new AppError('not-found', 'There is no such message in this session.')
  const queued = rows.find((row) => row.status === 'queued')
  if (!queued) throw notWaiting()
  return queued
}

/** Its events stand among those of the run that is active, and are pruned with them. */
async function endQueued(tx: Sql, row: RunRow, finishReason: 'stop' | 'cancelled'): Promise<void> {
  await tx.query('DELETE FROM messages WHERE id = $1', [row.message_id])
  await tx.query("UPDATE runs SET status = 'finished', finished_at = now(), finish_reason = $2, end_position = 0 WHERE id = $1", [
    row.id,
    finishReason,
  ])
}

async function messageOf(tx: Sql, row: RunRow) {
  const [stored] = await tx.query<{ content: string }>('SELECT content::text AS content FROM messages WHERE id = $1', [row.message_id])
  const message = stored && toMessage(stored)
  if (message?.role !== 'user') throw new TypeError(`The run ${row.id} has no message.`)
  return message
}
