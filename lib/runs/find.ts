import 'server-only'
import { searchWords } from '#lib/agent/search-messages.ts'
import type { Sql } from '#lib/db/sql.ts'
import { FIND_PAGE_SIZE, findableText } from '#lib/protocol/index.ts'
import { readLeaf } from './branches.ts'
import { patterns } from './search.ts'

/** Messages that are looked at in one go. */
const BATCH = 1_000

/**
 * From message `$2` up its branch, at most `$3` messages, newest first: what each says, where it has so many words, each as one of
 * its patterns; null for the others, and for what is deleted.
 */
export function findQuery(words: number): string {
  const fits = Array.from({ length: words }, (_, index) => `m.content::text ILIKE ANY($${index + 4}::text[])`)
  return `
WITH RECURSIVE branch (id, parent_id, place) AS (
  SELECT id, parent_id, 1 FROM messages WHERE id = $2 AND session_id = $1
  UNION ALL
  SELECT m.id, m.parent_id, b.place + 1 FROM branch b JOIN messages m ON m.id = b.parent_id WHERE b.place < $3
)
SELECT m.id, m.parent_id, CASE WHEN m.deleted_at IS NULL AND ${fits.join(' AND ')} THEN (
  SELECT string_agg(part ->> 'text', E'\\n') FROM json_array_elements(m.content -> 'parts') part WHERE part ->> 'type' IN ('text', 'steer')
) END AS said
FROM branch b JOIN messages m ON m.id = b.id ORDER BY b.place`
}

interface Row {
  id: string
  parent_id: string | null
  said: string | null
}

/**
 * The ids of the messages that say a text, from one of them up its branch, newest first; `hasMore` when there may be older ones.
 * Without that one, from the end of the branch that is shown.
 */
export async function findMessages(
  sql: Sql,
  sessionId: string,
  query: string,
  lastId?: string | null,
): Promise<{ messageIds: string[]; hasMore: boolean }> {
  const wanted = findableText(query).trim()
  const words = searchWords(wanted)
  const messageIds: string[] = []
  if (words.length === 0) return { messageIds, hasMore: false }
  const fits = words.map((word) => patterns(word, (text) => JSON.stringify(text).slice(1, -1)))
  let next = lastId === undefined ? await readLeaf(sql, sessionId) : lastId
  while (next !== null && messageIds.length <= FIND_PAGE_SIZE) {
    const rows: Row[] = await sql.query<Row>(findQuery(words.length), [sessionId, next, BATCH, ...fits])
    for (const { id, said } of rows) if (said !== null && findableText(said).includes(wanted)) messageIds.push(id)
    next = rows.at(-1)?.parent_id ?? null
  }
  return { messageIds: messageIds.slice(0, FIND_PAGE_SIZE), hasMore: messageIds.length > FIND_PAGE_SIZE }
}
