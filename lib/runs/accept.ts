import 'server-only'
import {
  type Accepted,
  type AcceptMessage,
  busy,
  checkBranches,
  idTaken,
  noSuchMessage,
  nothingToAnswer,
  type Regenerate,
} from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError, MAX_MESSAGE_BYTES, type NewEvent, newId, type QueueMode, textOf, type UserMessage } from '#lib/protocol/index.ts'
import { countChildren, readLeaf, shownAt } from './branches.ts'
import { type EnqueueRun, findRun, insertMessage, lockSession, RUN, type RunRow, touchSession } from './rows.ts'
import { toMessage } from './run-state.ts'

/** Most messages that may wait in one session, and the bytes of one more that may: a snapshot carries them all. */
const MOST_QUEUED = 1_000
const MOST_QUEUED_BYTES = 2_000_000

/** What is under way and what waits in a session: each by its own index. */
export const OPEN_RUNS = `
SELECT EXISTS (SELECT 1 FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')) AS is_active,
       (SELECT count(*)::int FROM runs WHERE session_id = $1 AND status = 'queued') AS queued`

/** Takes a message and makes its run, or finds what was made of it before. */
export async function accept(tx: Sql, input: AcceptMessage, place: { seq: number; at: string }, enqueue: EnqueueRun) {
  const { sessionId, messageId, text, mode = 'follow-up', replaces } = input
  await lockSession(tx, sessionId)
  const before = await findAccepted(tx, input)
  if (before) return { events: [], result: acceptedOf(before, false) }
  const { parentId, shownParentId } = await placeOf(tx, sessionId, replaces)
  const message: UserMessage = {
    id: messageId,
    role: 'user',
    parentId: shownParentId,
    createdAt: place.at,
    parts: [{ type: 'text', text }],
  }
  await insertMessage(tx, sessionId, message, { position: place.seq, parentId })
  const run = await insertRun(tx, { sessionId, messageId, mode, position: place.seq, at: place.at }, enqueue)
  await touchSession(tx, sessionId)
  const events: NewEvent[] = [{ type: 'message:created', runId: run.id, message }]
  if (run.status === 'queued') events.push({ type: 'message:queued', runId: run.id, messageId, mode })
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
    if (answers.length > 0) throw idTaken('message')
    // The id of a message that was removed while it waited.
    const [removed] = await tx.query<RunRow>(`${RUN} WHERE message_id = $1 LIMIT 1`, [messageId])
    if (removed && removed.session_id !== sessionId) throw idTaken('message')
    return removed
  }
  if (taken.session_id !== sessionId || taken.role !== 'user' || textOf(toMessage(taken).parts) !== text) throw idTaken('message')
  const [run] = await tx.query<RunRow>(`${RUN} WHERE message_id = $1 ORDER BY created_at LIMIT 1`, [messageId])
  return run
}

/** Makes a run that answers a message again. */
export async function regenerate(
  tx: Sql,
  { sessionId, messageId, model, runId }: Regenerate & { runId: string },
  { seq, at }: { seq: number; at: string },
  enqueue: EnqueueRun,
) {
  await lockSession(tx, sessionId)
  // Again after an answer of the database that was lost: then it is there.
  const made = await findRun(tx, runId)
  if (made) return { events: [], result: acceptedOf(made, true) }
  await checkIdle(tx, sessionId)
  const askedId = messageId === undefined ? await lastAsked(tx, sessionId) : await askedBy(tx, sessionId, messageId)
  checkBranches(await countChildren(tx, sessionId, askedId))
  const run = await insertRun(tx, { id: runId, sessionId, messageId: askedId, model, position: seq, at }, enqueue)
  await touchSession(tx, sessionId)
  const event: NewEvent = { type: 'run:created', runId, messageId: askedId, answerId: run.answer_id }
  return { events: [event], result: acceptedOf(run, true) }
}

/** Throws `conflict` while a run is active. */
export async function checkIdle(tx: Sql, sessionId: string): Promise<void> {
  const active = await tx.query("SELECT 1 FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')", [sessionId])
  if (active.length > 0) throw busy()
}

/** The last user message of the branch that is shown. `$2` is its last message. */
const LAST_ASKED = `
WITH RECURSIVE branch (id, parent_id, is_asked) AS (
  SELECT id, parent_id, role = 'user' AND deleted_at IS NULL FROM messages WHERE session_id = $1 AND id = $2
  UNION ALL
  SELECT m.id, m.parent_id, m.role = 'user' AND m.deleted_at IS NULL FROM branch b JOIN messages m ON m.id = b.parent_id WHERE NOT b.is_asked
)
SELECT id FROM branch WHERE is_asked`

async function lastAsked(tx: Sql, sessionId: string): Promise<string> {
  const [last] = await tx.query<{ id: string }>(LAST_ASKED, [sessionId, await readLeaf(tx, sessionId)])
  if (!last) throw nothingToAnswer()
  return last.id
}

/** The user message that an answer was given to, or itself. Throws `not-found`. */
async function askedBy(tx: Sql, sessionId: string, messageId: string): Promise<string> {
  const [asked] = await tx.query<{ id: string }>(
    `SELECT asked.id FROM messages m JOIN messages asked ON asked.id = CASE WHEN m.role = 'user' THEN m.id ELSE m.parent_id END
     WHERE m.session_id = $1 AND m.id = $2 AND m.deleted_at IS NULL AND asked.role = 'user' AND asked.deleted_at IS NULL`,
    [sessionId, messageId],
  )
  if (!asked) throw noSuchMessage()
  return asked.id
}

/** What a new message follows, and what it follows as it is shown. Throws `not-found`; `conflict` while a run is active. */
async function placeOf(tx: Sql, sessionId: string, replaces: string | undefined) {
  if (replaces === undefined) {
    const leafId = await readLeaf(tx, sessionId)
    return { parentId: leafId, shownParentId: leafId }
  }
  await checkIdle(tx, sessionId)
  const [replaced] = await tx.query<{ parent_id: string | null }>(
    "SELECT parent_id FROM messages WHERE session_id = $1 AND id = $2 AND role = 'user' AND deleted_at IS NULL",
    [sessionId, replaces],
  )
  if (!replaced) throw noSuchMessage()
  const shownParentId = await shownAt(tx, sessionId, replaced.parent_id)
  checkBranches(await countChildren(tx, sessionId, shownParentId))
  return { parentId: replaced.parent_id, shownParentId }
}

async function queuedBytes(tx: Sql, sessionId: string): Promise<number> {
  const [row] = await tx.query<{ bytes: number }>(
    "SELECT COALESCE(sum(octet_length(m.content::text)), 0)::int AS bytes FROM runs r JOIN messages m ON m.id = r.message_id WHERE r.session_id = $1 AND r.status = 'queued'",
    [sessionId],
  )
  return row?.bytes ?? 0
}

/** After a change of one that waits. Throws `too-many-queued`. */
export async function checkQueuedBytes(tx: Sql, sessionId: string): Promise<void> {
  if ((await queuedBytes(tx, sessionId)) <= MOST_QUEUED_BYTES + MAX_MESSAGE_BYTES) return
  const [counts] = await tx.query<{ queued: number }>(OPEN_RUNS, [sessionId])
  throw tooManyQueued(counts?.queued ?? 0)
}

function tooManyQueued(count: number): AppError {
  return new AppError('too-many-queued', `${count} messages are waiting in this session already. Wait for some answers.`)
}

interface NewRun {
  id?: string
  sessionId: string
  messageId: string
  mode?: QueueMode
  model?: string | undefined
  position: number
  /** By this process's clock, as the events are: the database's may go differently. */
  at: string
}

async function insertRun(
  tx: Sql,
  { id = newId(), sessionId, messageId, mode = 'follow-up', model, position, at }: NewRun,
  enqueue: EnqueueRun,
): Promise<RunRow> {
  const [counts] = await tx.query<{ is_active: boolean; queued: number }>(OPEN_RUNS, [sessionId])
  const queued = counts?.queued ?? 0
  if (queued >= MOST_QUEUED || (queued > 0 && (await queuedBytes(tx, sessionId)) > MOST_QUEUED_BYTES)) throw tooManyQueued(queued)
  const status = counts?.is_active ? 'queued' : 'pending'
  const row: RunRow = {
    id,
    session_id: sessionId,
    message_id: messageId,
    answer_id: newId(),
    status,
    mode,
    epoch: 0,
    position,
    created_ms: Date.parse(at),
    is_cancelled: false,
    model: model ?? null,
  }
  await tx.query(
    'INSERT INTO runs (id, session_id, message_id, answer_id, status, mode, position, created_at, model) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [row.id, sessionId, messageId, row.answer_id, status, mode, position, at, row.model],
  )
  if (status === 'pending') await enqueue(tx, row.id)
  return row
}

function acceptedOf(run: RunRow, isNew: boolean): Accepted {
  return { messageId: run.message_id, runId: run.id, cursor: run.position, isNew, isRunnable: isNew && run.status === 'pending' }
}
