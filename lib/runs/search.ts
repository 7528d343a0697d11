import 'server-only'
import { type ConversationHit, hitOf, searchWords } from '#lib/agent/search-messages.ts'
import type { Sql } from '#lib/db/sql.ts'
import { toMessage } from './run-state.ts'

const MOST_HITS = 50
/** Older ones are not looked at: it bounds the work, at some 10 ms for each 1,000 of usual length. */
const MOST_MESSAGES = 20_000

/**
 * The `$2` newest messages of the owner of session `$1` with all of so many words: not what waits, nor what is just being answered.
 * For each word there is an array of patterns of which one must fit the JSON of the message, which is quick to see, then as many
 * for its text.
 */
export function searchQuery(words: number): string {
  const fits = (text: string, first: number) =>
    Array.from({ length: words }, (_, index) => `${text} ILIKE ANY($${first + index}::text[])`).join(' AND ')
  return `
SELECT session_id, title, content::text AS content FROM (
  SELECT s.id AS session_id, s.title, s.updated_at, m.id, m.position, m.content
  FROM sessions s JOIN messages m ON m.session_id = s.id
  WHERE s.user_id = (SELECT user_id FROM sessions WHERE id = $1) AND s.deleted_at IS NULL AND m.deleted_at IS NULL
  ORDER BY s.updated_at DESC, s.id DESC, m.position DESC LIMIT ${MOST_MESSAGES}
) newest
WHERE CASE WHEN ${fits('content::text', 3)} THEN (
    SELECT ${fits(String.raw`string_agg(part ->> 'text', E'\n')`, 3 + words)} FROM json_array_elements(content -> 'parts') part WHERE part ->> 'type' IN ('text', 'steer')
  ) AND (SELECT count(*) FROM runs r WHERE r.message_id = newest.id AND r.status <> 'finished') = 0 END
ORDER BY updated_at DESC, session_id DESC, position DESC LIMIT $2`
}

/** The newest messages in the conversations of a session's owner that have every word of a query. At most 50; empty for no words. */
export async function searchMessages(sql: Sql, sessionId: string, query: string, limit: number): Promise<ConversationHit[]> {
  const words = searchWords(query)
  if (words.length === 0) return []
  const inJson = words.map((word) => patterns(word, (text) => JSON.stringify(text).slice(1, -1)))
  const asSaid = words.map((word) => patterns(word, (text) => text))
  const rows = await sql.query<{ session_id: string; title: string | null; content: string }>(searchQuery(words.length), [
    sessionId,
    Math.min(limit, MOST_HITS),
    ...inJson,
    ...asSaid,
  ])
  return rows.flatMap(({ session_id: id, title, content }) => hitOf({ id, title }, toMessage({ content }), words) ?? [])
}

/** Not every database folds the case of letters beyond ASCII: the usual ways to write a word are each looked for. */
export function patterns(word: string, encode: (text: string) => string): string[] {
  const [first = '', ...rest] = [...word]
  const spellings = /^[\x20-\x7e]*$/.test(word) ? [word] : [word, word.toUpperCase(), first.toUpperCase() + rest.join('')]
  return spellings.map((text) => `%${encode(text).replace(/[\\%_]/g, '\\$&')}%`)
}
