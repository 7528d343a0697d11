import 'server-only'
import { busy, noSuchMessage, UNDO_MS } from '#lib/agent/index.ts'
import type { Database } from '#lib/db/database.ts'
import type { Sql } from '#lib/db/sql.ts'
import type { NewEvent, Rating } from '#lib/protocol/index.ts'
import { checkIdle } from './accept.ts'
import { readLeaf, shownAt } from './branches.ts'
import { lockSession } from './rows.ts'

/** What is deleted is removed so many messages at a time: an embedded database stands still for it. */
const PURGED_AT_ONCE = 100

interface Named {
  sessionId: string
  messageId: string
}

/** The newest message behind `$2`, or itself. */
export const NEWEST_BELOW = `
WITH RECURSIVE below (id, position, is_shown) AS (
  SELECT id, position, deleted_at IS NULL FROM messages WHERE session_id = $1 AND id = $2
  UNION ALL
  SELECT m.id, m.position, m.deleted_at IS NULL FROM below b JOIN messages m ON m.parent_id = b.id
)
SELECT id FROM below WHERE is_shown ORDER BY position DESC LIMIT 1`

/** A row when the branch that ends with `$2` goes through `$3`. */
const IS_BELOW = `
WITH RECURSIVE branch (id, parent_id) AS (
  SELECT id, parent_id FROM messages WHERE session_id = $1 AND id = $2
  UNION ALL
  SELECT m.id, m.parent_id FROM branch b JOIN messages m ON m.id = b.parent_id WHERE b.id <> $3
)
SELECT 1 FROM branch WHERE id = $3`

/** A user message with all answers to it, whichever of them `$2` is. */
const PAIR = `
WITH named AS (
  SELECT CASE WHEN m.role = 'assistant' AND parent.role = 'user' THEN parent.id ELSE m.id END AS id
  FROM messages m LEFT JOIN messages parent ON parent.id = m.parent_id WHERE m.session_id = $1 AND m.id = $2
)
SELECT m.id, m.deleted_at IS NOT NULL AS is_deleted FROM named JOIN messages m ON m.id = named.id
UNION ALL
SELECT m.id, m.deleted_at IS NOT NULL FROM named JOIN messages m ON m.parent_id = named.id AND m.role = 'assistant'`

export async function selectBranch(tx: Sql, { sessionId, messageId }: Named) {
  await lockSession(tx, sessionId)
  await checkIdle(tx, sessionId)
  const [named] = await tx.query('SELECT 1 FROM messages WHERE session_id = $1 AND id = $2 AND deleted_at IS NULL', [sessionId, messageId])
  if (!named) throw noSuchMessage()
  const leafId = await newestBelow(tx, sessionId, messageId)
  if (leafId === null || leafId === (await readLeaf(tx, sessionId))) return { events: [], result: undefined }
  await setLeaf(tx, sessionId, leafId)
  const event: NewEvent = { type: 'session:branch-selected', messageId: leafId }
  return { events: [event], result: undefined }
}

/** Hides a message with its answers. Where that was the end of the branch, the newest of what is left there is shown. */
export async function deletePair(tx: Sql, { sessionId, messageId }: Named) {
  await lockSession(tx, sessionId)
  const pair = await tx.query<{ id: string; is_deleted: boolean }>(PAIR, [sessionId, messageId])
  const messageIds = pair.map(({ id }) => id)
  if (pair.length === 0) throw noSuchMessage()
  const open = await tx.query("SELECT 1 FROM runs WHERE message_id = ANY($1::uuid[]) AND status <> 'finished' LIMIT 1", [messageIds])
  if (open.length > 0) throw busy()
  if (pair.every((one) => one.is_deleted)) return { events: [], result: messageIds }
  const leafId = await readLeaf(tx, sessionId)
  await tx.query('UPDATE messages SET deleted_at = now() WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL', [messageIds])
  if (leafId !== null && messageIds.includes(leafId)) {
    const end = await shownAt(tx, sessionId, leafId)
    await setLeaf(tx, sessionId, end === null ? null : await newestBelow(tx, sessionId, end))
  }
  const event: NewEvent = { type: 'message:deleted', messageIds }
  return { events: [event], result: messageIds }
}

/** Shows again what was deleted, and the branch that it stands on. */
export async function restoreMessages(tx: Sql, sessionId: string, messageIds: string[]) {
  await lockSession(tx, sessionId)
  const found = await tx.query<{ id: string; is_deleted: boolean }>(
    'SELECT id, deleted_at IS NOT NULL AS is_deleted FROM messages WHERE session_id = $1 AND id = ANY($2::uuid[]) ORDER BY position',
    [sessionId, messageIds],
  )
  const ids = found.filter((one) => one.is_deleted).map(({ id }) => id)
  const [first] = ids
  if (found.length === 0) throw noSuchMessage()
  if (first === undefined) return { events: [], result: undefined }
  await tx.query('UPDATE messages SET deleted_at = NULL WHERE id = ANY($1::uuid[])', [ids])
  const active = await tx.query("SELECT 1 FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')", [sessionId])
  if (active.length === 0) {
    const isShown = await tx.query(IS_BELOW, [sessionId, await readLeaf(tx, sessionId), first])
    if (isShown.length === 0) await setLeaf(tx, sessionId, await newestBelow(tx, sessionId, first))
  }
  const event: NewEvent = { type: 'message:restored', messageIds: ids }
  return { events: [event], result: undefined }
}

export async function rate(tx: Sql, { sessionId, messageId }: Named, rating: Rating | null) {
  await lockSession(tx, sessionId)
  const [answer] = await tx.query<{ rating: Rating | null }>(
    "SELECT rating FROM messages WHERE session_id = $1 AND id = $2 AND role = 'assistant' AND deleted_at IS NULL",
    [sessionId, messageId],
  )
  if (!answer) throw noSuchMessage()
  if (answer.rating === rating) return { events: [], result: undefined }
  await tx.query('UPDATE messages SET rating = $2 WHERE id = $1', [messageId, rating])
  const event: NewEvent = { type: 'message:rated', messageId, rating }
  return { events: [event], result: undefined }
}

/** Removes for good what was deleted so long ago, by the database's clock; what followed it follows what it followed. */
export async function purgeDeleted(db: Database, olderThanMs = UNDO_MS): Promise<number> {
  const rows = await db.query<{ id: string; session_id: string }>(
    `SELECT id, session_id FROM messages WHERE deleted_at <= now() - $1::float8 * interval '1 ms' ORDER BY deleted_at LIMIT ${PURGED_AT_ONCE}`,
    [olderThanMs],
  )
  for (const { id, session_id } of rows)
    await db.transaction(async (tx) => {
      // As `lockSession`, of a session that may be gone.
      await tx.query('SELECT id FROM sessions WHERE id = $1 FOR NO KEY UPDATE', [session_id])
      const [gone] = await tx.query<{ parent_id: string | null }>(
        'DELETE FROM messages WHERE id = $1 AND deleted_at IS NOT NULL RETURNING parent_id',
        [id],
      )
      if (gone) await tx.query('UPDATE messages SET parent_id = $2 WHERE parent_id = $1', [id, gone.parent_id])
    })
  return rows.length
}

async function newestBelow(tx: Sql, sessionId: string, messageId: string): Promise<string | null> {
  const [newest] = await tx.query<{ id: string }>(NEWEST_BELOW, [sessionId, messageId])
  return newest?.id ?? null
}

async function setLeaf(tx: Sql, sessionId: string, leafId: string | null): Promise<void> {
  await tx.query('UPDATE sessions SET leaf_id = $2 WHERE id = $1', [sessionId, leafId])
}
