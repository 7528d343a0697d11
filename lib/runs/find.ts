import 'server-only'
import { searchWords } from '#lib/agent/search-messages.ts'
import type { Sql } from '#lib/db/sql.ts'
import { FIND_PAGE_SIZE, findableText } from '#lib/protocol/index.ts'
import { QUEUED } from './run-state.ts'
import { patterns } from './search.ts'

/** Rows that are looked at in one go. */
const BATCH = 500

/** The newest messages before a position, at most `$3`, that have so many words, each as one of its patterns; with what they say. */
export function findQuery(words: number): string {
  const fits = Array.from({ length: words }, (_, index) => `content::text ILIKE ANY($${index + 4}::text[])`)
  return `
SELECT id, position, (
  SELECT string_agg(part ->> 'text', E'\\n') FROM json_array_elements(content -> 'parts') part WHERE part ->> 'type' IN ('text', 'steer')
) AS said
FROM messages WHERE session_id = $1 AND position < $2 AND id NOT IN (${QUEUED}) ${fits.map((fit) => `AND ${fit}`).join(' ')}
ORDER BY position DESC LIMIT $3`
}

/** The ids of a session's messages that say a text, from a position on backwards, newest first; `hasMore` when there may be older ones. */
export async function findMessages(
  sql: Sql,
  sessionId: string,
  query: string,
  before = 2_147_483_647,
): Promise<{ messageIds: string[]; hasMore: boolean }> {
  const wanted = findableText(query).trim()
  const words = searchWords(wanted)
  const messageIds: string[] = []
  if (words.length === 0) return { messageIds, hasMore: false }
  const fits = words.map((word) => patterns(word, (text) => JSON.stringify(text).slice(1, -1)))
  for (let position = before; ; ) {
    const rows = await sql.query<{ id: string; position: number; said: string | null }>(findQuery(words.length), [
      sessionId,
      position,
      BATCH,
      ...fits,
    ])
    for (const { id, said } of rows) if (said !== null && findableText(said).includes(wanted)) messageIds.push(id)
    const last = rows.at(-1)
    if (!last || rows.length < BATCH)
      return { messageIds: messageIds.slice(0, FIND_PAGE_SIZE), hasMore: messageIds.length > FIND_PAGE_SIZE }
    if (messageIds.length >= FIND_PAGE_SIZE) return { messageIds: messageIds.slice(0, FIND_PAGE_SIZE), hasMore: true }
    position = last.position
  }
}
