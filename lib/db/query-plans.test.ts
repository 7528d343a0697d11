import { afterAll, beforeAll, expect, test } from 'vitest'
import { READ, READ_MANY } from '#lib/log/index.ts'
import { newId } from '#lib/protocol/index.ts'
import { BRANCH_PAGE, CHILDREN, LEAF, OPEN_RUNS, RUN_COUNTS, searchQuery } from '#lib/runs/index.ts'
import { LIST } from '#lib/sessions/index.ts'
import type { SqlValue } from './sql.ts'
import { addTestUser, databaseKinds, describeEach, openTestDatabase, type TestDatabase } from './testing/database.ts'

/** The queries that every open page makes, on tables with many others' rows: each must go by its index. */
describeEach(databaseKinds)('query plans (%s)', (kind) => {
  let database: TestDatabase
  let userId: string
  const sessionId = newId()
  beforeAll(async () => {
    database = await openTestDatabase(kind)
    const { db } = database
    userId = await addTestUser(db)
    const others = await addTestUser(db)
    await db.query('INSERT INTO sessions (id, user_id) VALUES ($1, $2)', [sessionId, userId])
    await db.query(
      "INSERT INTO sessions (id, user_id, updated_at) SELECT gen_random_uuid(), $1, now() - n * interval '1 minute' FROM generate_series(1, 3000) n",
      [others],
    )
    await db.query(
      "INSERT INTO events (session_id, seq, type, at, data) SELECT s.id, n, 'llm:chunk', now(), '{}' FROM (SELECT id FROM sessions LIMIT 200) s, generate_series(1, 100) n ON CONFLICT DO NOTHING",
    )
    await db.query(
      "INSERT INTO messages (id, session_id, parent_id, role, position, content) SELECT gen_random_uuid(), s.id, gen_random_uuid(), 'user', n, '{}' FROM (SELECT id FROM sessions LIMIT 200) s, generate_series(1, 50) n",
    )
    await db.query(
      "INSERT INTO runs (id, session_id, message_id, answer_id, status, position) SELECT gen_random_uuid(), s.id, gen_random_uuid(), gen_random_uuid(), 'finished', n FROM (SELECT id FROM sessions LIMIT 200) s, generate_series(1, 20) n",
    )
    for (const table of ['sessions', 'events', 'messages', 'runs']) await db.query(`ANALYZE ${table}`)
  })
  afterAll(() => database.close())

  async function planOf(query: string, values: SqlValue[]): Promise<string> {
    const rows = await database.db.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`, values)
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  test('events after a cursor', async () => {
    const plan = await planOf(READ, [sessionId, 50, 500])
    expect(plan).toContain('events_pkey')
    expect(plan).not.toMatch(/Seq Scan on events/)
  })

  test('events after the cursors of many sessions', async () => {
    const plan = await planOf(READ_MANY, [[sessionId, newId()], [50, 1], 500])
    expect(plan).toContain('events_pkey')
    expect(plan).not.toMatch(/Seq Scan on events/)
  })

  test('the last message of the branch that is shown', async () => {
    const plan = await planOf(LEAF, [sessionId])
    expect(plan).toContain('messages_session_id_position_key')
    expect(plan).not.toMatch(/Seq Scan on (messages|runs|sessions)/)
  })

  test('a page of messages, and where it parts', async () => {
    const page = await planOf(BRANCH_PAGE, [sessionId, newId(), 51, 4_000_000])
    expect(page).toContain('messages_pkey')
    expect(page).not.toMatch(/Seq Scan on messages/)
    const children = await planOf(CHILDREN, [sessionId, Array.from({ length: 51 }, newId), true])
    expect(children).toContain('messages_parent_id_idx')
    expect(children).toContain('messages_roots_idx')
    expect(children).not.toMatch(/Seq Scan on messages/)
  })

  test('a search of conversations', async () => {
    const plan = await planOf(searchQuery(2), [sessionId, 10, ['%a%'], ['%b%'], ['%a%'], ['%b%']])
    expect(plan).toContain('messages_session_id_position_key')
    expect(plan).toContain('runs_message_id_idx')
    expect(plan).not.toMatch(/Seq Scan on (messages|runs|sessions)/)
  })

  test('the open runs of a session', async () => {
    const plan = await planOf(OPEN_RUNS, [sessionId])
    expect(plan).toContain('runs_one_active_key')
    expect(plan).toContain('runs_queued_idx')
    expect(plan).not.toMatch(/Seq Scan on runs/)
  })

  test('how many runs are open, for each scrape of the metrics', async () => {
    const plan = await planOf(RUN_COUNTS, [])
    expect(plan).toContain('runs_one_active_key')
    expect(plan).toContain('runs_queued_idx')
    expect(plan).not.toMatch(/Seq Scan on runs/)
  })

  test('what goes with a session or a user that is purged', async () => {
    await database.db.query('SET enable_seqscan = off')
    expect(await planOf('DELETE FROM approvals WHERE session_id = $1', [sessionId])).toContain('approvals_session_id_idx')
    expect(await planOf('DELETE FROM tool_decisions WHERE user_id = $1', [userId])).toContain('tool_decisions_user_id_idx')
    await database.db.query('RESET enable_seqscan')
  })

  test("a page of a user's sessions", async () => {
    const plan = await planOf(LIST, [userId, 'infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 51])
    expect(plan).toContain('sessions_user_id_updated_at_id_idx')
    expect(plan).not.toMatch(/Seq Scan on sessions/)
  })
})
