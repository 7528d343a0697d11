import 'server-only'
import { branchesFrom, withoutResults } from '#lib/agent/index.ts'
import type { Sql } from '#lib/db/sql.ts'
import { type Reading, readable } from '#lib/log/index.ts'
import { MESSAGE_PAGE_SIZE, type Message, type Rating, ROOT, type SessionState } from '#lib/protocol/index.ts'
import { QUEUED, toMessage } from './run-state.ts'

/**
 * The last message of the branch that is shown: the one that is being answered, else the one that was chosen, else the newest.
 * `$1` is the session.
 */
export const LEAF = `
SELECT COALESCE(
  (SELECT message_id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')),
  (SELECT leaf_id FROM sessions WHERE id = $1),
  (SELECT id FROM messages WHERE session_id = $1 AND deleted_at IS NULL AND id NOT IN (${QUEUED}) ORDER BY position DESC LIMIT 1)
) AS id`

/**
 * From message `$2` up to where the conversation begins, one index look-up a message: so many as are shown (`$3`), or bytes (`$4`),
 * but at least one, and one more, without content, when there are more. What is deleted is passed through.
 */
export const BRANCH_PAGE = `
WITH RECURSIVE branch (id, parent_id, is_shown, place, shown, bytes) AS (
  SELECT id, parent_id, deleted_at IS NULL, 1, (deleted_at IS NULL)::int,
         CASE WHEN deleted_at IS NULL THEN octet_length(content::text)::bigint ELSE 0 END
  FROM messages WHERE id = $2 AND session_id = $1
  UNION ALL
  SELECT m.id, m.parent_id, m.deleted_at IS NULL, b.place + 1, b.shown + (m.deleted_at IS NULL)::int,
         b.bytes + CASE WHEN m.deleted_at IS NULL THEN octet_length(m.content::text)::bigint ELSE 0 END
  FROM branch b JOIN messages m ON m.id = b.parent_id
  WHERE b.shown < $3 AND (b.bytes <= $4 OR b.shown <= 1)
)
SELECT m.id, m.rating, CASE WHEN b.shown = 1 OR (b.bytes <= $4 AND b.shown < $3) THEN m.content::text END AS content
FROM branch b JOIN messages m ON m.id = b.id WHERE b.is_shown ORDER BY b.place`

/** What follows each of the messages `$2`, and, with `$3`, what the conversation begins with; of what is deleted, what follows that. */
export const CHILDREN = `
WITH RECURSIVE child (id, under, is_shown, path) AS (
  SELECT id, parent_id, deleted_at IS NULL, ARRAY[position] FROM messages
  WHERE session_id = $1 AND parent_id = ANY($2::uuid[]) AND id NOT IN (${QUEUED})
  UNION ALL
  SELECT id, NULL, deleted_at IS NULL, ARRAY[position] FROM messages
  WHERE $3 AND session_id = $1 AND parent_id IS NULL AND id NOT IN (${QUEUED})
  UNION ALL
  SELECT m.id, c.under, m.deleted_at IS NULL, c.path || m.position
  FROM child c JOIN messages m ON m.session_id = $1 AND m.parent_id = c.id WHERE NOT c.is_shown
)
SELECT id, under FROM child WHERE is_shown ORDER BY path`

interface PageRow {
  id: string
  rating: Rating | null
  content: string | null
}

interface Limits {
  messages: number
  /** Unless a single message has more. */
  bytes: number
}

const PAGE_BYTES = 4_000_000

export type MessagePage = Pick<SessionState, 'messages' | 'branches' | 'hasOlder'>

/** The end of the branch that ends with a message, oldest first, and where it parts. */
export async function readMessagePage(sql: Sql, sessionId: string, lastId: string | null, limit = MESSAGE_PAGE_SIZE): Promise<MessagePage> {
  const { messages, hasOlder } = await readBranch(sql, { sessionId, lastId }, { messages: limit, bytes: PAGE_BYTES })
  const branches = await readBranches(sql, sessionId, parentsIn(messages))
  return { messages, branches, hasOlder }
}

/** The end of the branch that ends with a message, oldest first, as far as it fits. `read` gives undefined for what is left out. */
export async function readBranch(
  sql: Sql,
  { sessionId, lastId }: { sessionId: string; lastId: string | null },
  limits: Limits,
  read: (row: { content: string }) => Message | undefined = toMessage,
): Promise<{ messages: Message[]; hasOlder: boolean }> {
  if (lastId === null) return { messages: [], hasOlder: false }
  const rows = await sql.query<PageRow>(BRANCH_PAGE, [sessionId, lastId, limits.messages + 1, limits.bytes])
  const messages = rows.flatMap(({ content, rating }, index) => {
    const message = content === null ? undefined : read({ content })
    if (!message) return []
    const shown = { ...message, parentId: rows[index + 1]?.id ?? null }
    return [shown.role === 'assistant' && rating !== null ? { ...shown, rating } : shown]
  })
  return { messages: messages.reverse(), hasOlder: rows.at(-1)?.content === null }
}

/** More than the context of any model, and less than what a process should hold for one run: of a read, and of all that is kept. */
const HISTORY: Limits = { messages: 1_000_000, bytes: 16_000_000 }

/**
 * The conversation up to the message that is answered, oldest first: the end of it as it is, what is before that without the results of
 * tools, as far as it fits.
 */
export async function readHistory(
  sql: Sql,
  { sessionId, messageId }: { sessionId: string; messageId: string },
  { isLenient }: Reading,
): Promise<Message[]> {
  const read = isLenient ? (row: { content: string }) => readable(() => toMessage(row)) : toMessage
  const readCut = (row: { content: string }) => {
    const message = read(row)
    return message && withoutResults(message)
  }
  let { messages, hasOlder } = await readBranch(sql, { sessionId, lastId: messageId }, HISTORY, read)
  let bytes = hasOlder ? sizeOf(messages) : 0
  while (hasOlder) {
    const older = await readBranch(sql, { sessionId, lastId: messages[0]?.parentId ?? null }, HISTORY, readCut)
    bytes += sizeOf(older.messages)
    if (bytes > HISTORY.bytes) break
    messages = [...older.messages, ...messages]
    hasOlder = older.hasOlder && older.messages.length > 0
  }
  return messages
}

function sizeOf(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + Buffer.byteLength(JSON.stringify(message)), 0)
}

/** The messages' parents and the last one: where another branch may be chosen. */
function parentsIn(messages: readonly Message[]): string[] {
  return [...new Set(messages.map(({ parentId }) => parentId ?? ROOT)).add(messages.at(-1)?.id ?? ROOT)]
}

/** Where the conversation parts at these parents; an answer that is being written is one of the ways. */
async function readBranches(sql: Sql, sessionId: string, parents: string[]): Promise<SessionState['branches']> {
  const children = await readChildren(sql, sessionId, parents)
  const [run] = await sql.query<{ message_id: string; answer_id: string }>(
    "SELECT message_id, answer_id FROM runs WHERE session_id = $1 AND status IN ('pending', 'running', 'waiting')",
    [sessionId],
  )
  return branchesFrom([...children].map(([id, ids]): [string, string[]] => [id, id === run?.message_id ? [...ids, run.answer_id] : ids]))
}

/** How many ways the conversation goes on from a message, or begins. */
export async function countChildren(sql: Sql, sessionId: string, parentId: string | null): Promise<number> {
  const key = parentId ?? ROOT
  return (await readChildren(sql, sessionId, [key])).get(key)?.length ?? 0
}

/** What follows each of the parents, in order, what is deleted left out. `ROOT` is no message's parent. */
async function readChildren(sql: Sql, sessionId: string, parents: string[]): Promise<Map<string, string[]>> {
  const ids = parents.filter((id) => id !== ROOT)
  const rows = await sql.query<{ id: string; under: string | null }>(CHILDREN, [sessionId, ids, parents.includes(ROOT)])
  const children = new Map<string, string[]>()
  for (const { id, under } of rows) children.set(under ?? ROOT, [...(children.get(under ?? ROOT) ?? []), id])
  return children
}

/** The last message of the branch that is shown. */
export async function readLeaf(sql: Sql, sessionId: string): Promise<string | null> {
  const [row] = await sql.query<{ id: string | null }>(LEAF, [sessionId])
  return row?.id ?? null
}

/** A message, or the nearest before it that is not deleted. */
export async function shownAt(sql: Sql, sessionId: string, id: string | null): Promise<string | null> {
  const [message] = (await readBranch(sql, { sessionId, lastId: id }, { messages: 1, bytes: 0 })).messages
  return message?.id ?? null
}
