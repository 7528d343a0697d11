import 'server-only'
import type { Accepted, DextoAgent, StoredFile } from '#lib/agent/index.ts'
import type { Database } from '#lib/db/database.ts'
import type { Sql } from '#lib/db/sql.ts'
import type { EventLog } from '#lib/log/index.ts'
import {
  AppError,
  type ApprovalRequest,
  type CreateSessionRequest,
  cleanJson,
  type ListedSession,
  type Rating,
  type RegenerateRequest,
  SESSION_PAGE_SIZE,
  type SendMessageRequest,
  type SessionInfo,
  type SessionPage,
  type Snapshot,
  type UpdateQueuedRequest,
  type UpdateSessionRequest,
} from '#lib/protocol/index.ts'
import {
  findMessages,
  type MessagePage,
  readMessagePage,
  readSnapshot,
  SESSION_COLUMNS,
  type SessionRow,
  toSessionInfo,
} from '#lib/runs/index.ts'
import { forgetDecision, listDecisions, type ToolDecision } from './decisions.ts'
import { isUuid, notFound } from './ids.ts'

/** How long a deleted session can be brought back, by the database's clock. */
const UNDO = "interval '10 minutes'"

/** What one user may do with sessions. A session of someone else is as if there were none: `not-found`. */
export interface Sessions {
  create(userId: string, input?: CreateSessionRequest): Promise<SessionInfo>
  /** Newest first. */
  list(userId: string, cursor?: string): Promise<SessionPage>
  /** Those of these sessions that the list has, in no order. */
  listed(userId: string, sessionIds: readonly string[]): Promise<ListedSession[]>
  snapshot(userId: string, sessionId: string): Promise<Snapshot>
  /** Messages before one of them on its branch, oldest first. */
  messagesBefore(userId: string, sessionId: string, messageId: string, limit?: number): Promise<MessagePage>
  /** Messages that say a text, before one of them on its branch when it is given, else on the one that is shown, newest first. */
  find(userId: string, sessionId: string, text: string, before?: string): Promise<{ messageIds: string[]; hasMore: boolean }>
  /** Its title, and what was chosen for it. */
  update(userId: string, sessionId: string, update: UpdateSessionRequest): Promise<SessionInfo>
  /** Stops what runs in it; for ten minutes it can be restored. */
  remove(userId: string, sessionId: string): Promise<void>
  restore(userId: string, sessionId: string): Promise<SessionInfo>
  send(userId: string, sessionId: string, message: SendMessageRequest): Promise<Accepted>
  /** Answers the last user message again. */
  retry(userId: string, sessionId: string): Promise<Accepted>
  /** Answers a message again, beside the answers that it has. */
  regenerate(userId: string, sessionId: string, input: RegenerateRequest): Promise<Accepted>
  /** Shows the newest branch that goes through a message. */
  selectBranch(userId: string, sessionId: string, messageId: string): Promise<void>
  /** Deletes a message with its answers; for a day it can be brought back. Returns the ids of all of them. */
  deletePair(userId: string, sessionId: string, messageId: string): Promise<string[]>
  restoreMessages(userId: string, sessionId: string, messageIds: string[]): Promise<void>
  rate(userId: string, sessionId: string, messageId: string, rating: Rating | null): Promise<void>
  cancelRun(userId: string, runId: string): Promise<void>
  updateQueued(userId: string, sessionId: string, messageId: string, update: UpdateQueuedRequest): Promise<void>
  removeQueued(userId: string, sessionId: string, messageId: string): Promise<void>
  reorderQueue(userId: string, sessionId: string, messageIds: string[]): Promise<void>
  /** Throws `conflict` when it was decided, has expired, or the run is over. */
  respond(userId: string, approvalId: string, decision: ApprovalRequest): Promise<void>
  /** What was decided about tools for longer than one call, newest first. */
  decisions(userId: string): Promise<ToolDecision[]>
  /** The next call is asked about again. */
  forgetDecision(userId: string, decisionId: string): Promise<void>
  file(userId: string, fileId: string): Promise<StoredFile>
  /** Throws `not-found` unless the session is the user's. */
  check(userId: string, sessionId: string): Promise<void>
  /** Removes for good what was deleted too long ago to be restored. Returns how many sessions. */
  purge(): Promise<number>
}

interface ListedRow extends SessionRow {
  is_active: boolean
  is_waiting: boolean
  opening: string | null
}

const LISTED = `
SELECT ${SESSION_COLUMNS},
       EXISTS (SELECT 1 FROM runs r WHERE r.session_id = s.id AND r.status IN ('pending', 'running', 'waiting')) AS is_active,
       EXISTS (SELECT 1 FROM approvals a WHERE a.session_id = s.id AND a.decided_at IS NULL) AS is_waiting,
       CASE WHEN title IS NULL THEN (
         SELECT left(m.content #>> '{parts,0,text}', 80) FROM messages m WHERE m.session_id = s.id AND m.role = 'user' AND m.deleted_at IS NULL ORDER BY position LIMIT 1
       ) END AS opening
FROM sessions s
WHERE s.user_id = $1 AND s.deleted_at IS NULL`

export const LIST = `${LISTED} AND (s.updated_at, s.id) < ($2::timestamptz, $3::uuid)
ORDER BY s.updated_at DESC, s.id DESC LIMIT $4`

const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

export function createSessions(db: Database, agent: DextoAgent, log: EventLog<Sql>): Sessions {
  async function check(userId: string, sessionId: string): Promise<void> {
    if (!isUuid(sessionId)) throw notFound()
    const rows = await db.query('SELECT 1 FROM sessions WHERE id = $1 AND user_id = $2 AND deleted_at IS NULL', [sessionId, userId])
    if (rows.length === 0) throw notFound()
  }

  /** Of something that belongs to a session. */
  async function checkOwner(table: 'runs' | 'approvals' | 'files', id: string, userId: string, options?: { withDeleted: boolean }) {
    const there = options?.withDeleted ? '' : 'AND s.deleted_at IS NULL'
    const rows = await db.query(
      `SELECT 1 FROM ${table} t JOIN sessions s ON s.id = t.session_id WHERE t.id = $1 AND s.user_id = $2 ${there}`,
      [id, userId],
    )
    if (rows.length === 0) throw notFound()
  }

  async function parentOf(sessionId: string, messageId: string): Promise<string | null> {
    if (!isUuid(messageId)) throw notFound()
    const [row] = await db.query<{ parent_id: string | null }>('SELECT parent_id FROM messages WHERE id = $1 AND session_id = $2', [
      messageId,
      sessionId,
    ])
    if (!row) throw notFound()
    return row.parent_id
  }

  return {
    check,
    create: (userId, input) => agent.createSession({ ...input, ownerId: userId }),
    async list(userId, cursor) {
      const { time, id } = cursor === undefined ? { time: 'infinity', id: LAST_ID } : parseCursor(cursor)
      const rows = await db.query<ListedRow>(LIST, [userId, time, id, SESSION_PAGE_SIZE + 1])
      const page = rows.slice(0, SESSION_PAGE_SIZE)
      const last = page.at(-1)
      return {
        sessions: page.map(toListed),
        nextCursor: last && rows.length > SESSION_PAGE_SIZE ? cursorOf(last) : null,
      }
    },
    listed: async (userId, sessionIds) =>
      (await db.query<ListedRow>(`${LISTED} AND s.id = ANY($2::uuid[])`, [userId, sessionIds])).map(toListed),
    async snapshot(userId, sessionId) {
      await check(userId, sessionId)
      const snapshot = await db.transaction((tx) => readSnapshot(tx, sessionId))
      if (!snapshot) throw notFound()
      return snapshot
    },
    async messagesBefore(userId, sessionId, messageId, limit) {
      await check(userId, sessionId)
      return readMessagePage(db, sessionId, await parentOf(sessionId, messageId), limit)
    },
    async find(userId, sessionId, text, before) {
      await check(userId, sessionId)
      return findMessages(db, sessionId, text, before === undefined ? undefined : await parentOf(sessionId, before))
    },
    async update(userId, sessionId, { title, ...settings }) {
      await check(userId, sessionId)
      // First what may be refused: then nothing is changed.
      if (Object.keys(settings).length > 0) await agent.updateSettings(sessionId, settings)
      return title !== undefined ? agent.renameSession(sessionId, title) : agent.getSession(sessionId)
    },
    async remove(userId, sessionId) {
      await check(userId, sessionId)
      await log.transact(sessionId, async (tx) => {
        await tx.query('UPDATE sessions SET deleted_at = now() WHERE id = $1', [sessionId])
        // What waits is ended in its turn, without a call to the model.
        await tx.query(
          "UPDATE runs SET cancel_requested_at = now() WHERE session_id = $1 AND status IN ('queued', 'pending', 'running', 'waiting')",
          [sessionId],
        )
        return { events: [{ type: 'session:deleted' }], result: null }
      })
      await agent.cancel(sessionId)
    },
    async restore(userId, sessionId) {
      if (!isUuid(sessionId)) throw notFound()
      return log.transact<SessionInfo>(sessionId, async (tx) => {
        const [row] = await tx.query<SessionRow>(
          `UPDATE sessions SET deleted_at = NULL WHERE id = $1 AND user_id = $2 AND deleted_at > now() - ${UNDO}
           RETURNING ${SESSION_COLUMNS}`,
          [sessionId, userId],
        )
        if (!row) throw notFound()
        return { events: [{ type: 'session:restored' }], result: toSessionInfo(row) }
      })
    },
    async send(userId, sessionId, { id, text, mode, replaces }) {
      await check(userId, sessionId)
      return agent.send({
        sessionId,
        text,
        ...(id !== undefined && { messageId: id }),
        ...(mode !== undefined && { mode }),
        ...(replaces !== undefined && { replaces }),
      })
    },
    async regenerate(userId, sessionId, { messageId, model }) {
      await check(userId, sessionId)
      return agent.regenerate({ sessionId, messageId, ...(model !== undefined && { model }) })
    },
    async retry(userId, sessionId) {
      await check(userId, sessionId)
      return agent.retry(sessionId)
    },
    async selectBranch(userId, sessionId, messageId) {
      await check(userId, sessionId)
      await agent.selectBranch(sessionId, messageId)
    },
    async deletePair(userId, sessionId, messageId) {
      await check(userId, sessionId)
      if (!isUuid(messageId)) throw notFound()
      return agent.deletePair(sessionId, messageId)
    },
    async restoreMessages(userId, sessionId, messageIds) {
      await check(userId, sessionId)
      await agent.restoreMessages(sessionId, messageIds)
    },
    async rate(userId, sessionId, messageId, rating) {
      await check(userId, sessionId)
      if (!isUuid(messageId)) throw notFound()
      await agent.rate(sessionId, messageId, rating)
    },
    async cancelRun(userId, runId) {
      if (!isUuid(runId)) throw notFound()
      await checkOwner('runs', runId, userId, { withDeleted: true })
      await agent.cancelRun(runId)
    },
    async updateQueued(userId, sessionId, messageId, update) {
      await check(userId, sessionId)
      if (!isUuid(messageId)) throw notFound()
      const { text, mode } = update
      await agent.updateQueued(sessionId, messageId, { ...(text !== undefined && { text }), ...(mode !== undefined && { mode }) })
    },
    async removeQueued(userId, sessionId, messageId) {
      await check(userId, sessionId)
      if (!isUuid(messageId)) throw notFound()
      await agent.removeQueued(sessionId, messageId)
    },
    async reorderQueue(userId, sessionId, messageIds) {
      await check(userId, sessionId)
      await agent.reorderQueue(sessionId, messageIds)
    },
    async respond(userId, approvalId, { approved, reason, remember, content }) {
      if (!isUuid(approvalId)) throw notFound()
      await checkOwner('approvals', approvalId, userId)
      await agent.respond(approvalId, {
        approved,
        ...(reason !== undefined && { reason }),
        ...(remember !== undefined && { remember }),
        ...(content !== undefined && { content: cleanJson(content) }),
        by: userId,
      })
    },
    decisions: (userId) => listDecisions(db, userId),
    async forgetDecision(userId, decisionId) {
      if (!isUuid(decisionId) || !(await forgetDecision(db, userId, decisionId))) throw notFound()
    },
    async file(userId, fileId) {
      if (!isUuid(fileId)) throw notFound()
      await checkOwner('files', fileId, userId)
      const file = await agent.getFile(fileId)
      if (!file) throw notFound()
      return file
    },
    async purge() {
      const rows = await db.query(`DELETE FROM sessions WHERE deleted_at < now() - ${UNDO} RETURNING id`)
      return rows.length
    },
  }
}

function toListed(row: ListedRow): ListedSession {
  return { ...toSessionInfo(row), active: row.is_active, waiting: row.is_waiting, opening: row.opening }
}

function cursorOf(row: SessionRow): string {
  return `${new Date(row.updated_ms).toISOString()}_${row.id}`
}

function parseCursor(cursor: string): { time: string; id: string } {
  const [time = '', id = ''] = cursor.split('_')
  if (!isTime(time) || !isUuid(id)) {
    throw new AppError('invalid-request', 'The cursor is not one that this server gave. Leave it out to begin with the newest.', {
      field: 'cursor',
    })
  }
  return { time, id }
}

/** As `toISOString` writes it, and a day that there is: PostgreSQL knows no 31 February and no year 0. */
function isTime(text: string): boolean {
  const time = new Date(text)
  return /^(?!0000)\d{4}-/.test(text) && !Number.isNaN(time.getTime()) && time.toISOString() === text
}
