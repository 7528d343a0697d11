import type { Sql } from '#lib/db/sql.ts'

/** Texts that a careless copy would change. */
const textWith = (column: string) =>
  `'It''s "quoted" \\ back\\nslashed, {braces}, naïve 漢字 👩‍👩‍👧, line' || chr(10) || 'and line ' || chr(8232) || ${column}`

const FILL = [
  `INSERT INTO users (id, name, email, is_anonymous)
   SELECT gen_random_uuid(), 'Visitor ' || n, 'visitor-' || n || '@anonymous.invalid', true FROM generate_series(1, GREATEST($1::int / 10, 1)) n`,
  `INSERT INTO auth_sessions (id, token, user_id, expires_at, ip_address)
   SELECT gen_random_uuid(), gen_random_uuid()::text, id, now() + interval '1 year', NULL FROM users`,
  `INSERT INTO sessions (id, user_id, title, created_at, updated_at, deleted_at)
   SELECT gen_random_uuid(), (SELECT id FROM users ORDER BY id OFFSET n % GREATEST($1::int / 10, 1) LIMIT 1),
     CASE WHEN n % 7 > 0 THEN ${textWith('n')} END, now() - n * interval '1.001 minutes', now() - n * interval '1 second',
     CASE WHEN n % 50 = 1 THEN now() END
   FROM generate_series(1, $1::int) n`,
  // Every twentieth session is being answered.
  `INSERT INTO runs (id, session_id, message_id, answer_id, status, epoch, position, end_position, finish_reason, finished_at)
   SELECT gen_random_uuid(), s.id, gen_random_uuid(), gen_random_uuid(), CASE WHEN is_open THEN 'running' ELSE 'finished' END, 1,
     n * 10 - 9, CASE WHEN NOT is_open THEN n * 10 END, CASE WHEN NOT is_open THEN 'stop' END, CASE WHEN NOT is_open THEN now() END
   FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM sessions) s, generate_series(1, 3) n,
     LATERAL (SELECT n = 3 AND s.number % 20 = 0 AS is_open) open`,
  `INSERT INTO messages (id, session_id, role, position, content)
   SELECT message_id, session_id, 'user', position, json_build_object('id', message_id, 'role', 'user', 'parentId', NULL,
     'createdAt', '2026-01-01T00:00:00.000Z', 'parts', json_build_array(json_build_object('type', 'text', 'text', ${textWith('position')})))
   FROM runs`,
  `INSERT INTO messages (id, session_id, parent_id, role, position, content)
   SELECT answer_id, session_id, message_id, 'assistant', end_position, json_build_object('id', answer_id, 'role', 'assistant',
     'parentId', message_id, 'createdAt', '2026-01-01T00:00:00.000Z', 'runId', id, 'provider', 'demo', 'model', 'demo', 'joints', json_build_array(),
     'finishReason', 'stop', 'parts', json_build_array(json_build_object('type', 'text', 'text', repeat(md5(id::text) || ' ', 40))))
   FROM runs WHERE end_position IS NOT NULL`,
  `INSERT INTO events (session_id, seq, run_id, type, at, data)
   SELECT session_id, position + n, id, CASE n WHEN 1 THEN 'run:started' ELSE 'llm:chunk' END, now(), CASE n
     WHEN 1 THEN json_build_object('provider', 'demo', 'model', 'demo', 'messageId', answer_id, 'parentId', message_id, 'epoch', 1)
     ELSE ('{"chunkType" :"text",  "content":"' || md5(id::text || n) || ' \\u00e9\\ud83d\\ude00 "}')::json END
   FROM runs, generate_series(1, 8) n`,
]

/** So many sessions, each with three runs; every twentieth is being answered. */
export async function fillDatabase(sql: Sql, sessions: number): Promise<void> {
  for (const statement of FILL) await sql.query(statement, statement.includes('$1') ? [sessions] : [])
}
