import pg from 'pg'
import type { TransactionalSql } from '#lib/db/sql.ts'
import { createSqlStorage } from '#lib/log/index.ts'
import { pause, WARM_UP_MS } from './load.ts'

export interface DatabaseRates {
  commitsPerSecond: number
  /** Events that were inserted. */
  rowsPerSecond: number
  notificationsPerSecond: number
}

/** What a database does for about `ms` once all streams flow: it is asked before and after, and listened to between. */
export async function measureRates(database: pg.Client, ms: number, areFlowing: () => boolean): Promise<DatabaseRates> {
  for (const until = Date.now() + 120_000; !areFlowing() && Date.now() < until; ) await pause(50)
  await pause(WARM_UP_MS)
  const listener = new pg.Client({ connectionString: urlOf(database) })
  await listener.connect()
  let notifications = 0
  listener.on('notification', () => {
    notifications += 1
  })
  await listener.query('LISTEN rill')
  const before = await counters(database)
  const heardBefore = notifications
  await pause(ms)
  const after = await counters(database)
  const heard = notifications - heardBefore
  await listener.end()
  const seconds = (after.at - before.at) / 1_000
  return {
    commitsPerSecond: (after.commits - before.commits) / seconds,
    rowsPerSecond: (after.rows - before.rows) / seconds,
    notificationsPerSecond: heard / seconds,
  }
}

/** A connection reports what it did at most once a second, so that two askings are alike late. */
async function counters(database: pg.Client): Promise<{ at: number; commits: number; rows: number }> {
  const { rows } = await database.query<{ commits: string; rows: string }>(
    `SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits,
      (SELECT n_tup_ins FROM pg_stat_user_tables WHERE relname = 'events') AS rows`,
  )
  return { at: performance.now(), commits: Number(rows[0]?.commits), rows: Number(rows[0]?.rows) }
}

/** How many transactions with a NOTIFY a second `writers` connections get through, with `listeners` that hear them all. */
export async function measureNotify(database: pg.Client, writers: number, listeners: number, ms: number): Promise<number> {
  const connect = async () => {
    const client = new pg.Client({ connectionString: urlOf(database) })
    await client.connect()
    return client
  }
  const listening = await Promise.all(Array.from({ length: listeners }, connect))
  await Promise.all(listening.map((client) => client.query('LISTEN scale')))
  const writing = await Promise.all(Array.from({ length: writers }, connect))
  let count = 0
  const until = performance.now() + ms
  await Promise.all(
    writing.map(async (client) => {
      for (; performance.now() < until; count += 1) await client.query("SELECT pg_notify('scale', $1)", [crypto.randomUUID()])
    }),
  )
  await Promise.all([...listening, ...writing].map((client) => client.end()))
  return (count * 1_000) / ms
}

const SESSIONS = 200

/** Rows a second of the log's own insert when nothing else is done, `batch` rows a commit, of many sessions, on one connection. */
export async function measureInserts(database: pg.Client, batch: number, ms: number): Promise<number> {
  const sessionIds = await makeSessions(database)
  const sql: TransactionalSql = {
    query: async (text, values) => (await database.query(text, values as unknown[])).rows,
    execute: async (text, values) => void (await database.query(text, values as unknown[])),
    transaction: () => Promise.reject(new TypeError('Nothing here needs one.')),
  }
  const storage = createSqlStorage(sql)
  const seqs = new Map<string, number>()
  const at = new Date().toISOString()
  const data = JSON.stringify({ chunkType: 'text', content: 'some words ' })
  let rows = 0
  for (const until = performance.now() + ms; performance.now() < until; rows += batch) {
    await storage.insert(
      Array.from({ length: batch }, (_, index) => {
        const { sessionId, runId } = sessionIds[(rows + index) % SESSIONS] as (typeof sessionIds)[number]
        const seq = (seqs.get(sessionId) ?? 0) + 1
        seqs.set(sessionId, seq)
        return { sessionId, seq, at, runId, type: 'llm:chunk', data, epoch: 1 }
      }),
    )
  }
  return (rows * 1_000) / ms
}

async function makeSessions(database: pg.Client): Promise<{ sessionId: string; runId: string }[]> {
  const userId = crypto.randomUUID()
  await database.query("INSERT INTO users (id, name, email) VALUES ($1, 'Bench', $2)", [userId, `${userId}@bench.invalid`])
  const { rows } = await database.query<{ sessionId: string; runId: string }>(
    `WITH made AS (INSERT INTO sessions (id, user_id) SELECT gen_random_uuid(), $1 FROM generate_series(1, $2::int) RETURNING id)
     INSERT INTO runs (id, session_id, message_id, answer_id, status, epoch, position)
     SELECT gen_random_uuid(), id, gen_random_uuid(), gen_random_uuid(), 'running', 1, 0 FROM made
     RETURNING session_id AS "sessionId", id AS "runId"`,
    [userId, SESSIONS],
  )
  return rows
}

function urlOf(database: pg.Client): string {
  const { user, host, port, database: name } = database
  return `postgres://${user}@${host}:${port}/${name}`
}
