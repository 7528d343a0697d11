import 'server-only'
import {
  type Accepted,
  type AgentStore,
  type ClaimedRun,
  MOST_EPOCHS,
  type ModelName,
  pendingState,
  removedEvents,
  settledAnswer,
} from '#lib/agent/index.ts'
import type { Database } from '#lib/db/database.ts'
import type { Sql } from '#lib/db/sql.ts'
import { type EventLog, placeEvent } from '#lib/log/index.ts'
import { AppError, type NewEvent, newId, reduceAll } from '#lib/protocol/index.ts'
import { accept, retryLast } from './accept.ts'
import {
  type EnqueueRun,
  findRun,
  findSession,
  getOrThrow,
  insertMessage,
  lastMessageId,
  lockSession,
  RUN,
  type RunRow,
  SESSION,
  touchSession,
} from './rows.ts'
import { readHistory, readRunState, toMessage } from './run-state.ts'
import { readSnapshot, type SessionRow, toSessionInfo } from './snapshot.ts'

export interface SqlStoreOptions {
  enqueue: EnqueueRun
  /** Tells the instance that has the run, if it is another one, that it shall stop. */
  announceCancel?: (runId: string) => void
}

/** Sessions, messages and runs in PostgreSQL, embedded or not: each change is one transaction with its events. */
export function createSqlStore(db: Database, log: EventLog<Sql>, { enqueue, announceCancel }: SqlStoreOptions): AgentStore {
  return {
    log,
    async createSession({ title = null, ownerId }) {
      if (ownerId === undefined) throw new TypeError('A stored session needs an owner.')
      const id = newId()
      return log.transact(id, async (tx) => {
        // Again after an answer of the database that was lost: then it is there.
        const made = await tx.query('INSERT INTO sessions (id, user_id, title) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING id', [
          id,
          ownerId,
          title,
        ])
        const result = getOrThrow(await findSession(tx, id))
        return { events: made.length > 0 ? [{ type: 'session:created', title }] : [], result }
      })
    },
    async getSession(sessionId) {
      return findSession(db, sessionId)
    },
    async listSessions() {
      return (await db.query<SessionRow>(`${SESSION} WHERE deleted_at IS NULL ORDER BY updated_at DESC, id DESC LIMIT 1000`)).map(
        toSessionInfo,
      )
    },
    async deleteSession(sessionId) {
      await log.append(sessionId, [{ type: 'session:deleted' }])
      return (await db.query('DELETE FROM sessions WHERE id = $1 RETURNING id', [sessionId])).length > 0
    },
    async renameSession(sessionId, title, options) {
      return log.transact(sessionId, async (tx) => {
        const guard = options?.onlyUntitled ? 'AND title IS NULL' : ''
        const rows = await tx.query(
          `UPDATE sessions SET title = $2, updated_at = now() WHERE id = $1 AND deleted_at IS NULL ${guard} RETURNING id`,
          [sessionId, title],
        )
        const result = await findSession(tx, sessionId)
        return { events: rows.length > 0 ? [{ type: 'session:title-updated', title }] : [], result }
      })
    },
    async updateSettings(sessionId, settings) {
      const { model, reasoningEffort } = settings
      return log.transact(sessionId, async (tx) => {
        const rows = await tx.query(
          `UPDATE sessions SET model = CASE WHEN $2 THEN $3 ELSE model END, reasoning_effort = CASE WHEN $4 THEN $5 ELSE reasoning_effort END
           WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
          [sessionId, model !== undefined, model ?? null, reasoningEffort !== undefined, reasoningEffort ?? null],
        )
        const result = await findSession(tx, sessionId)
        return { events: rows.length > 0 ? [{ type: 'session:settings-updated', ...settings }] : [], result }
      })
    },
    acceptMessage: (input) => log.transact<Accepted>(input.sessionId, (tx, place) => accept(tx, input, place, enqueue)),
    async retryLast(sessionId) {
      const runId = newId()
      return log.transact<Accepted>(sessionId, (tx, place) => retryLast(tx, { sessionId, runId, at: place.at }, enqueue))
    },
    claimRun: (runId, by) => claim(db, log, runId, by),
    finishRun: (run, state, events) =>
      log.transact<{ next: string | null }>(run.sessionId, async (tx, place) => {
        await lockSession(tx, run.sessionId)
        const row = await findRun(tx, run.id)
        if (row?.status === 'finished' && row.epoch === run.epoch) return { events: [], result: { next: null } }
        if (row?.status !== 'running' || row.epoch !== run.epoch)
          throw new AppError('run-fenced', 'The run has another worker, or is over.')
        const placed = events.map((event, index) => placeEvent(event, { sessionId: run.sessionId, seq: place.seq + index, at: place.at }))
        const answer = settledAnswer(reduceAll(state, placed))
        const end = placed.find((event) => event.type === 'run:complete')
        const finishReason = end?.type === 'run:complete' ? end.finishReason : 'error'
        if (answer) await insertMessage(tx, run.sessionId, answer, place.seq)
        await tx.query("UPDATE runs SET status = 'finished', finished_at = now(), finish_reason = $2, end_position = $3 WHERE id = $1", [
          run.id,
          finishReason,
          place.seq + events.length - 1,
        ])
        return promoteNext(tx, run.sessionId, { seq: place.seq + events.length, at: place.at }, events, enqueue)
      }),
    async requestCancel(runId, by) {
      const run = await findRun(db, runId)
      if (run?.status === 'queued' && (await removeQueued(log, run, by))) return true
      const rows = await db.query(
        "UPDATE runs SET cancel_requested_at = COALESCE(cancel_requested_at, now()) WHERE id = $1 AND status <> 'finished' RETURNING id",
        [runId],
      )
      if (rows.length > 0) announceCancel?.(runId)
      return rows.length > 0
    },
    async activeRunId(sessionId) {
      const [row] = await db.query<{ id: string }>(
        "SELECT id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')",
        [sessionId],
      )
      return row?.id ?? null
    },
    snapshot: (sessionId) => db.transaction((tx) => readSnapshot(tx, sessionId)),
    close: () => log.close(),
  }
}

/** False when its turn has come meanwhile. */
function removeQueued(log: EventLog<Sql>, run: RunRow, by: ModelName): Promise<boolean> {
  const { id, session_id: sessionId, message_id: messageId, answer_id: answerId } = run
  return log.transact<boolean>(sessionId, async (tx, { at }) => {
    await lockSession(tx, sessionId)
    if ((await findRun(tx, id))?.status !== 'queued') return { events: [], result: false }
    const events = removedEvents({ id, messageId, answerId, createdAt: new Date(run.created_ms).toISOString() }, by, at)
    await tx.query('DELETE FROM messages WHERE id = $1', [messageId])
    // Its events stand among those of the run that is active, and are pruned with them.
    await tx.query(
      "UPDATE runs SET status = 'finished', finished_at = now(), finish_reason = 'cancelled', end_position = 0, cancel_requested_at = now() WHERE id = $1",
      [id],
    )
    return { events, result: true }
  })
}

/** Takes the run for this worker: one more epoch, so that whoever had it writes nothing more. */
async function claim(db: Database, log: EventLog<Sql>, runId: string, by: ModelName): Promise<ClaimedRun | null> {
  const found = await findRun(db, runId)
  if (!found) return null
  const row = await log.transact<RunRow | null>(found.session_id, async (tx) => {
    await lockSession(tx, found.session_id)
    const current = await findRun(tx, runId)
    if (current?.status !== 'pending' && current?.status !== 'running') return { events: [], result: null }
    const epoch = current.epoch + 1
    await tx.query("UPDATE runs SET status = 'running', epoch = $2 WHERE id = $1", [runId, epoch])
    const event: NewEvent = { type: 'run:started', runId, ...by, messageId: current.answer_id, parentId: current.message_id, epoch }
    return { events: [event], result: { ...current, epoch } }
  })
  if (!row) return null
  const { id, session_id: sessionId, message_id: messageId, answer_id: answerId, epoch } = row
  const startedAt = new Date(row.created_ms).toISOString()
  const session = getOrThrow(await findSession(db, sessionId, { withDeleted: true }))
  // What stops one worker after the other is passed over in the end, so that the run ends and keeps what can be read.
  const reading = { isLenient: epoch > MOST_EPOCHS }
  const state = await readRunState(log, pendingState(session, { id, position: row.position, createdAt: startedAt }), reading)
  const history = await readHistory(db, { sessionId, position: row.position, messageId }, reading)
  return { id, sessionId, epoch, answerId, messageId, isCancelled: row.is_cancelled, startedAt, history, state }
}

/** The queued run that was first becomes the active one, in the transaction that ends the one before. */
async function promoteNext(tx: Sql, sessionId: string, place: { seq: number; at: string }, events: NewEvent[], enqueue: EnqueueRun) {
  await touchSession(tx, sessionId)
  const [next] = await tx.query<RunRow>(`${RUN} WHERE session_id = $1 AND status = 'queued' ORDER BY position LIMIT 1`, [sessionId])
  if (!next) return { events, result: { next: null } }
  const parentId = await lastMessageId(tx, sessionId)
  // Its time counts from here: it may have waited for long.
  await tx.query("UPDATE runs SET status = 'pending', position = $2, created_at = $3 WHERE id = $1", [next.id, place.seq, place.at])
  const [row] = await tx.query<{ content: string }>('SELECT content::text AS content FROM messages WHERE id = $1', [next.message_id])
  const message = { ...toMessage(getOrThrow(row ?? null)), parentId }
  await tx.query('UPDATE messages SET position = $2, parent_id = $3, content = $4::text::json WHERE id = $1', [
    message.id,
    place.seq,
    parentId,
    JSON.stringify(message),
  ])
  await enqueue(tx, next.id)
  const event: NewEvent = { type: 'message:dequeued', runId: next.id, messageId: next.message_id, mode: 'follow-up' }
  return { events: [...events, event], result: { next: next.id } }
}
