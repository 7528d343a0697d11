import 'server-only'
import {
  type Accepted,
  type AcceptMessage,
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
import { AppError, type Message, type NewEvent, newId, reduceAll, textOf, type UserMessage } from '#lib/protocol/index.ts'
import { QUEUED, readHistory, readRunState, toMessage } from './run-state.ts'
import { readHead, readSnapshot, SESSION_COLUMNS, type SessionRow, toSessionInfo } from './snapshot.ts'

/** Puts a run's job into the run queue, in the transaction that makes the run runnable. */
export type EnqueueRun = (tx: Sql, runId: string) => Promise<void>

export interface SqlStoreOptions {
  enqueue: EnqueueRun
  /** Tells the instance that has the run, if it is another one, that it shall stop. */
  announceCancel?: (runId: string) => void
}

interface RunRow {
  id: string
  session_id: string
  message_id: string
  answer_id: string
  status: 'queued' | 'pending' | 'running' | 'finished'
  epoch: number
  position: number
  created_ms: number
  is_cancelled: boolean
}

const RUN = `SELECT id, session_id, message_id, answer_id, status, epoch, position,
  (extract(epoch FROM created_at) * 1000)::float8 AS created_ms, cancel_requested_at IS NOT NULL AS is_cancelled FROM runs`
const SESSION = `SELECT ${SESSION_COLUMNS} FROM sessions`

/** Most messages that may wait in one session, and the bytes of one more that may: a snapshot carries them all. */
const MOST_QUEUED = 1_000
const MOST_QUEUED_BYTES = 2_000_000

/** What is under way and what waits in a session: each by its own index. */
export const OPEN_RUNS = `
SELECT EXISTS (SELECT 1 FROM runs WHERE session_id = $1 AND status IN ('pending', 'running')) AS is_active,
       (SELECT count(*)::int FROM runs WHERE session_id = $1 AND status = 'queued') AS queued`

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
      const [row] = await db.query<{ id: string }>("SELECT id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running')", [
        sessionId,
      ])
      return row?.id ?? null
    },
    snapshot: (sessionId) => db.transaction((tx) => readSnapshot(tx, sessionId)),
    close: () => log.close(),
  }
}

async function accept(tx: Sql, input: AcceptMessage, place: { seq: number; at: string }, enqueue: EnqueueRun) {
  const { sessionId, messageId, text } = input
  await lockSession(tx, sessionId)
  const before = await findAccepted(tx, input)
  if (before) return { events: [], result: acceptedOf(before, false) }
  const message: UserMessage = {
    id: messageId,
    role: 'user',
    parentId: await lastMessageId(tx, sessionId),
    createdAt: place.at,
    parts: [{ type: 'text', text }],
  }
  await insertMessage(tx, sessionId, message, place.seq)
  const run = await insertRun(tx, { sessionId, messageId, position: place.seq, at: place.at }, enqueue)
  await touchSession(tx, sessionId)
  const events: NewEvent[] = [{ type: 'message:created', runId: run.id, message }]
  if (run.status === 'queued') events.push({ type: 'message:queued', runId: run.id, messageId, mode: 'follow-up' })
  return { events, result: acceptedOf(run, true) }
}

/** The first run of a message that was accepted before. Throws `conflict` when the id is that of any other message. */
async function findAccepted(tx: Sql, { sessionId, messageId, text }: AcceptMessage): Promise<RunRow | undefined> {
  const [taken] = await tx.query<{ session_id: string; role: string; content: string }>(
    'SELECT session_id, role, content::text AS content FROM messages WHERE id = $1',
    [messageId],
  )
  if (!taken) {
    // The id of an answer that is not stored yet.
    const answers = await tx.query('SELECT 1 FROM runs WHERE answer_id = $1', [messageId])
    if (answers.length > 0) throw idTaken()
    // The id of a message that was removed while it waited.
    const [removed] = await tx.query<RunRow>(`${RUN} WHERE message_id = $1 LIMIT 1`, [messageId])
    if (removed && removed.session_id !== sessionId) throw idTaken()
    return removed
  }
  if (taken.session_id !== sessionId || taken.role !== 'user' || textOf(toMessage(taken).parts) !== text) throw idTaken()
  const [run] = await tx.query<RunRow>(`${RUN} WHERE message_id = $1 ORDER BY created_at LIMIT 1`, [messageId])
  return run
}

function idTaken(): AppError {
  return new AppError('conflict', 'Another message has this id.', { field: 'id' })
}

async function retryLast(tx: Sql, { sessionId, runId, at }: { sessionId: string; runId: string; at: string }, enqueue: EnqueueRun) {
  await lockSession(tx, sessionId)
  // Again after an answer of the database that was lost: then it is there.
  const made = await findRun(tx, runId)
  if (made) return { events: [], result: acceptedOf(made, true) }
  const active = await tx.query("SELECT id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running')", [sessionId])
  if (active.length > 0) throw new AppError('conflict', 'The session is busy. Wait for the answer, or stop it.')
  const [last] = await tx.query<{ id: string }>(
    "SELECT id FROM messages WHERE session_id = $1 AND role = 'user' ORDER BY position DESC LIMIT 1",
    [sessionId],
  )
  if (!last) throw new AppError('conflict', 'There is no message to answer again.')
  // Nothing is inserted that would show that another instance wrote since this one last did: the log is asked.
  const position = await readHead(tx, sessionId)
  const run = await insertRun(tx, { id: runId, sessionId, messageId: last.id, position, at }, enqueue)
  return { events: [], result: acceptedOf(run, true) }
}

/** False when its turn has come meanwhile. */
function removeQueued(log: EventLog<Sql>, run: RunRow, by: ModelName): Promise<boolean> {
  const { id, session_id: sessionId, message_id: messageId, answer_id: answerId } = run
  return log.transact<boolean>(sessionId, async (tx, { seq, at }) => {
    await lockSession(tx, sessionId)
    if ((await findRun(tx, id))?.status !== 'queued') return { events: [], result: false }
    const events = removedEvents({ id, messageId, answerId, createdAt: new Date(run.created_ms).toISOString() }, by, at)
    await tx.query('DELETE FROM messages WHERE id = $1', [messageId])
    await tx.query(
      "UPDATE runs SET status = 'finished', finished_at = now(), finish_reason = 'cancelled', end_position = $2, cancel_requested_at = now() WHERE id = $1",
      [id, seq + events.length - 1],
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

/** One at a time decides over a session's runs. Writers of events are not held up by this lock. */
async function lockSession(tx: Sql, sessionId: string): Promise<void> {
  const rows = await tx.query('SELECT id FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [sessionId])
  if (rows.length === 0) throw new AppError('session-not-found', 'There is no such session.')
}

async function queuedBytes(tx: Sql, sessionId: string): Promise<number> {
  const [row] = await tx.query<{ bytes: number }>(
    "SELECT COALESCE(sum(octet_length(m.content::text)), 0)::int AS bytes FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.session_id = $1 AND r.status = 'queued'",
    [sessionId],
  )
  return row?.bytes ?? 0
}

interface NewRun {
  id?: string
  sessionId: string
  messageId: string
  position: number
  /** By this process's clock, as the events are: the database's may go differently. */
  at: string
}

async function insertRun(tx: Sql, { id = newId(), sessionId, messageId, position, at }: NewRun, enqueue: EnqueueRun): Promise<RunRow> {
  const [counts] = await tx.query<{ is_active: boolean; queued: number }>(OPEN_RUNS, [sessionId])
  const queued = counts?.queued ?? 0
  if (queued >= MOST_QUEUED || (queued > 0 && (await queuedBytes(tx, sessionId)) > MOST_QUEUED_BYTES))
    throw new AppError('too-many-queued', `${queued} messages are waiting in this session already. Wait for some answers.`)
  const status = counts?.is_active ? 'queued' : 'pending'
  const row: RunRow = {
    id,
    session_id: sessionId,
    message_id: messageId,
    answer_id: newId(),
    status,
    epoch: 0,
    position,
    created_ms: Date.parse(at),
    is_cancelled: false,
  }
  await tx.query(
    'INSERT INTO runs (id, session_id, message_id, answer_id, status, position, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
    [row.id, sessionId, messageId, row.answer_id, status, position, at],
  )
  if (status === 'pending') await enqueue(tx, row.id)
  return row
}

/** Throws `conflict` when another session takes the id at the same moment. */
async function insertMessage(tx: Sql, sessionId: string, message: Message, position: number): Promise<void> {
  const rows = await tx.query(
    `INSERT INTO messages (id, session_id, parent_id, role, position, content) VALUES ($1, $2, $3, $4, $5, $6::text::json)
     ON CONFLICT (id) DO NOTHING RETURNING id`,
    [message.id, sessionId, message.parentId, message.role, position, JSON.stringify(message)],
  )
  if (rows.length === 0) throw idTaken()
}

/** The last message of the conversation, without those that wait. */
async function lastMessageId(tx: Sql, sessionId: string): Promise<string | null> {
  const [row] = await tx.query<{ id: string }>(
    `SELECT id FROM messages WHERE session_id = $1 AND id NOT IN (${QUEUED}) ORDER BY position DESC LIMIT 1`,
    [sessionId],
  )
  return row?.id ?? null
}

async function touchSession(tx: Sql, sessionId: string): Promise<void> {
  await tx.query('UPDATE sessions SET updated_at = now() WHERE id = $1', [sessionId])
}

async function findRun(sql: Sql, runId: string): Promise<RunRow | undefined> {
  const [row] = await sql.query<RunRow>(`${RUN} WHERE id = $1`, [runId])
  return row
}

async function findSession(sql: Sql, sessionId: string, options?: { withDeleted: boolean }) {
  const [row] = await sql.query<SessionRow>(`${SESSION} WHERE id = $1 ${options?.withDeleted ? '' : 'AND deleted_at IS NULL'}`, [sessionId])
  return row ? toSessionInfo(row) : null
}

function acceptedOf(run: RunRow, isNew: boolean): Accepted {
  return { messageId: run.message_id, runId: run.id, cursor: run.position, isNew, isRunnable: isNew && run.status === 'pending' }
}

function getOrThrow<T>(value: T | null): T {
  if (value === null) throw new AppError('session-not-found', 'There is no such session.')
  return value
}
