import 'server-only'
import {
  type Accepted,
  type AgentStore,
  type ClaimedRun,
  chosenIn,
  idTaken,
  MOST_EPOCHS,
  type ModelChoice,
  type ModelName,
  pendingState,
  saidBeforeEvents,
  settingsEvents,
  settledAnswer,
} from '#lib/agent/index.ts'
import type { Database } from '#lib/db/database.ts'
import type { Sql } from '#lib/db/sql.ts'
import { type EventLog, placeEvent, readEntries } from '#lib/log/index.ts'
import { AppError, type NewEvent, newId, reduceAll, type SessionInfo, type SessionState } from '#lib/protocol/index.ts'
import { accept, regenerate } from './accept.ts'
import {
  closeApprovals,
  closeForms,
  decide,
  expiredApprovals,
  park,
  type RunJobs,
  recall,
  requestApprovals,
  withdrawApproval,
} from './approvals.ts'
import { deletePair, purgeDeleted, rate, restoreMessages, selectBranch } from './branch-changes.ts'
import { readHistory } from './branches.ts'
import { getFile, saveFile } from './files.ts'
import { checkClaim, type EnqueueRun, findRun, findSession, getOrThrow, insertMessage, lockSession, type RunRow, SESSION } from './rows.ts'
import { readRunState } from './run-state.ts'
import { searchMessages } from './search.ts'
import { readSnapshot, type SessionRow, toSessionInfo } from './snapshot.ts'
import { lookForSteering, promoteNext, readSteering, removeQueued, reorderQueue, takeSteering, updateQueued } from './waiting.ts'

export interface SqlStoreOptions {
  jobs: RunJobs
  /** Tells the instance that has the run, if it is another one, that it shall stop. */
  announceCancel?: (runId: string) => void
}

/** Sessions, messages and runs in PostgreSQL, embedded or not: each change is one transaction with its events. */
export function createSqlStore(db: Database, log: EventLog<Sql>, { jobs, announceCancel }: SqlStoreOptions): AgentStore {
  const { enqueue } = jobs
  return {
    log,
    async createSession({ id = newId(), title = null, ownerId, ...given }) {
      if (ownerId === undefined) throw new TypeError('A stored session needs an owner.')
      const settings = chosenIn(given)
      return log.transact(id, async (tx) => {
        // Again after an answer that was lost, the database's or this one: then it is there.
        const made = await tx.query(
          'INSERT INTO sessions (id, user_id, title, model, reasoning_effort) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING id',
          [id, ownerId, title, settings.model ?? null, settings.reasoningEffort ?? null],
        )
        const result = await findSession(tx, id, { ownerId })
        if (!result) throw idTaken('session')
        return { events: made.length > 0 ? [{ type: 'session:created', title }, ...settingsEvents(settings)] : [], result }
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
    async regenerate(input) {
      const runId = newId()
      return log.transact<Accepted>(input.sessionId, (tx, place) => regenerate(tx, { ...input, runId }, place, enqueue))
    },
    selectBranch: (sessionId, messageId) => log.transact(sessionId, (tx) => selectBranch(tx, { sessionId, messageId })),
    deletePair: (sessionId, messageId) => log.transact<string[]>(sessionId, (tx) => deletePair(tx, { sessionId, messageId })),
    restoreMessages: (sessionId, messageIds) => log.transact(sessionId, (tx) => restoreMessages(tx, sessionId, messageIds)),
    rate: (sessionId, messageId, rating) => log.transact(sessionId, (tx) => rate(tx, { sessionId, messageId }, rating)),
    purgeDeleted: (olderThanMs) => purgeDeleted(db, olderThanMs),
    claimRun: (runId, by) => claim(db, log, runId, by),
    finishRun: (run, state, events) =>
      log.transact<{ next: string | null }>(run.sessionId, async (tx, place) => {
        await lockSession(tx, run.sessionId)
        const row = await findRun(tx, run.id)
        if (row?.status === 'finished' && row.epoch === run.epoch) return { events: [], result: { next: null } }
        await checkClaim(tx, run)
        await closeApprovals(tx, run.id)
        const reached = await readOn(tx, state, place.seq - 1)
        const placed = events.map((event, index) => placeEvent(event, { sessionId: run.sessionId, seq: place.seq + index, at: place.at }))
        const answer = settledAnswer(reduceAll(reached, placed))
        const end = placed.find((event) => event.type === 'run:complete')
        const finishReason = end?.type === 'run:complete' ? end.finishReason : 'error'
        if (answer) await insertMessage(tx, run.sessionId, answer, { position: place.seq })
        await tx.query("UPDATE runs SET status = 'finished', finished_at = now(), finish_reason = $2, end_position = $3 WHERE id = $1", [
          run.id,
          finishReason,
          place.seq + events.length - 1,
        ])
        const next = await promoteNext(tx, run.sessionId, { seq: place.seq + events.length, at: place.at }, enqueue)
        return { events: [...events, ...next.events], result: next.result }
      }),
    async requestCancel(runId, by) {
      const run = await findRun(db, runId)
      if (run?.status === 'queued' && (await removeUnlessPromoted(log, run, by))) return 'noted'
      // A run that begins to wait looks at the same row.
      const [noted] = await db.query<{ status: string }>(
        "UPDATE runs SET cancel_requested_at = COALESCE(cancel_requested_at, now()) WHERE id = $1 AND status <> 'finished' RETURNING status",
        [runId],
      )
      if (!run || !noted) return 'over'
      if (noted.status === 'waiting' && (await wakeToCancel(log, run, enqueue))) return 'runnable'
      announceCancel?.(runId)
      return 'noted'
    },
    async activeRunId(sessionId) {
      const [row] = await db.query<{ id: string }>(
        "SELECT id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')",
        [sessionId],
      )
      return row?.id ?? null
    },
    async takeSteering(run) {
      const { isThere, head } = await log.persist(() => lookForSteering(db, run.sessionId))
      return isThere ? log.transact<number>(run.sessionId, (tx, place) => takeSteering(tx, run, place)) : head
    },
    updateQueued: (sessionId, messageId, update) => log.transact(sessionId, (tx) => updateQueued(tx, { sessionId, messageId }, update)),
    removeQueued: (sessionId, messageId, by) => log.transact(sessionId, (tx, { at }) => removeQueued(tx, { sessionId, messageId }, by, at)),
    reorderQueue: (sessionId, messageIds) => log.transact(sessionId, (tx) => reorderQueue(tx, sessionId, messageIds)),
    requestApprovals: (run, events, approvals) =>
      log.transact<number>(run.sessionId, (tx, { seq }) => requestApprovals(tx, run, { events, approvals, seq })),
    parkRun: (run, approvalIds) => log.transact(run.sessionId, (tx) => park(tx, run, approvalIds, jobs)),
    decide: (approvalId, decision) => decide(db, log, approvalId, decision, jobs),
    withdrawApproval: (approvalId) => withdrawApproval(db, approvalId),
    recall: (sessionId, toolName, fingerprint) => log.persist(() => recall(db, sessionId, toolName, fingerprint)),
    expiredApprovals: () => expiredApprovals(db),
    saveFile: (sessionId, file) => saveFile(db, sessionId, file),
    getFile: (id) => getFile(db, id),
    searchMessages: (sessionId, query, limit) => searchMessages(db, sessionId, query, limit),
    snapshot: (sessionId) => db.transaction((tx) => readSnapshot(tx, sessionId)),
    close: () => log.close(),
  }
}

/** False when its turn has come meanwhile. */
async function removeUnlessPromoted(log: EventLog<Sql>, run: RunRow, by: ModelName): Promise<boolean> {
  const { session_id: sessionId, message_id: messageId } = run
  try {
    await log.transact(sessionId, (tx, { at }) => removeQueued(tx, { sessionId, messageId }, by, at))
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'conflict') return false
    throw error
  }
}

/** A run that waits for a person is ended by a worker, as any other. False when somebody decided meanwhile. */
function wakeToCancel(log: EventLog<Sql>, { id, session_id: sessionId }: RunRow, enqueue: EnqueueRun): Promise<boolean> {
  return log.transact<boolean>(sessionId, async (tx) => {
    await lockSession(tx, sessionId)
    const rows = await tx.query("UPDATE runs SET status = 'pending' WHERE id = $1 AND status = 'waiting' RETURNING id", [id])
    if (rows.length > 0) await enqueue(tx, id)
    return { events: [], result: rows.length > 0 }
  })
}

/** Takes the run for this worker: one more epoch, so that whoever had it writes nothing more. */
async function claim(db: Database, log: EventLog<Sql>, runId: string, by: ModelName | ModelChoice): Promise<ClaimedRun | null> {
  const found = await findRun(db, runId)
  if (!found) return null
  const row = await log.transact<RunRow | null>(found.session_id, async (tx) => {
    await lockSession(tx, found.session_id)
    const current = await findRun(tx, runId)
    if (current?.status !== 'pending' && current?.status !== 'running') return { events: [], result: null }
    const epoch = current.epoch + 1
    await tx.query("UPDATE runs SET status = 'running', epoch = $2 WHERE id = $1", [runId, epoch])
    if (epoch > 1) await closeForms(tx, runId)
    const model =
      typeof by === 'function'
        ? by({ ...(await sessionOf(tx, current)), ...(current.model && { model: current.model }) }, await whoBegan(tx, current))
        : by
    const event: NewEvent = { type: 'run:started', runId, ...model, messageId: current.answer_id, parentId: current.message_id, epoch }
    const before = epoch === 1 ? saidBeforeEvents(runId, [await readSteering(tx, current)]) : []
    return { events: [event, ...before], result: { ...current, epoch } }
  })
  if (!row) return null
  const { id, session_id: sessionId, message_id: messageId, answer_id: answerId, epoch } = row
  const startedAt = new Date(row.created_ms).toISOString()
  const session = await sessionOf(db, row)
  const from = pendingState(session, { id, position: row.position, createdAt: startedAt })
  const read = async (reading: { isLenient: boolean }) => ({
    state: await readRunState(log, from, reading),
    history: await readHistory(db, { sessionId, messageId }, reading),
  })
  // What stops one worker after the other is passed over in the end, so that the run ends and keeps what can be read.
  const { state, history } = await read({ isLenient: false }).catch((error: unknown) => {
    if (epoch <= MOST_EPOCHS) throw error
    return read({ isLenient: true })
  })
  return { id, sessionId, epoch, answerId, messageId, isCancelled: row.is_cancelled, startedAt, history, state }
}

/** A run's state with what other instances appended to its session since its worker read it. */
async function readOn(tx: Sql, state: SessionState, head: number): Promise<SessionState> {
  if (state.cursor >= head) return state
  const log = { read: (id: string, after: number, limit: number) => readEntries(tx, id, after, limit) }
  return readRunState(log, state, { isLenient: true })
}

/** Also one that was deleted: its run is ended all the same. */
async function sessionOf(sql: Sql, { session_id }: RunRow): Promise<SessionInfo> {
  return getOrThrow(await findSession(sql, session_id, { withDeleted: true }))
}

/** Which model answered when the run was claimed before; null when it was not. */
async function whoBegan(tx: Sql, { id, session_id, position, epoch }: RunRow): Promise<ModelName | null> {
  if (epoch === 0) return null
  const [began] = await tx.query<ModelName>(
    `SELECT data->>'provider' AS provider, data->>'model' AS model FROM events
     WHERE session_id = $1 AND seq > $2 AND run_id = $3 AND type = 'run:started' ORDER BY seq LIMIT 1`,
    [session_id, position, id],
  )
  return began ?? null
}
