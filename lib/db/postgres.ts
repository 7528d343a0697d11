import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { withApplicationName } from './application-name.ts'
import { NOTIFY, openChannel } from './channel.ts'
import type { Driver } from './driver.ts'
import type { MigrationSql } from './migrate.ts'
import type { Sql, SqlValue } from './sql.ts'

export interface PostgresOptions {
  url: string
  /** The same server around a pooler. */
  directUrl: string
  /** Most connections at a time. Default 10. */
  poolSize?: number
  /** The process is frozen between requests: no connection listens. */
  isFrozen?: boolean
  /** What the server's list of connections calls them. Default: `rill`, an instance. */
  name?: string
  /** Told when an idle connection breaks; the pool replaces it. */
  onError: (error: Error) => void
}

/** The client gives up then: a server that is frozen says nothing. */
const QUERY_MS = 15_000
const CONNECT_MS = 10_000
/** How long a freeze may be held up by connections that are in use. */
const LONGEST_REST_MS = 2_000
/** A transaction that waits for another, or whose client is frozen, must not hold up a session for long. Local, for poolers. */
const BEGIN = "BEGIN; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '10s'"

/** Opens a pool on a PostgreSQL server. Waiting for a connection fails after 10 s, for an answer after 15 s, rather than hang. */
export async function openPostgres(options: PostgresOptions): Promise<Driver> {
  const { url, directUrl, poolSize = 10, isFrozen = false, name = 'rill', onError } = options
  const pool = new pg.Pool({
    // Its own name, whatever the address says: a restore looks for it.
    connectionString: withApplicationName(url, name),
    max: poolSize,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    keepAlive: true,
  })
  pool.on('error', onError)
  const channel = isFrozen ? undefined : openChannel({ url: directUrl, notify: (payload) => pool.query(NOTIFY, [payload]), onError })
  return {
    kind: 'postgres',
    query: (text, values) => queryPool(pool, text, values),
    // Not kept prepared: a pooler between may hand each statement to another connection.
    execute: async (text, values) => void (await pool.query(text, values as unknown[])),
    transaction: (work) => inTransaction(pool, work),
    inMigration: (work) => inMigration(directUrl, work),
    prismaAdapter: new PrismaPg(pool),
    queueDb: { executeSql: async (text, values) => pool.query(text, values) },
    ...(channel && { channel }),
    rest: () => closeAll(pool),
    async close() {
      await channel?.close()
      // What breaks from here on is meant to.
      pool.off('error', onError)
      pool.on('error', () => {})
      await pool.end()
    },
  }
}

function sqlOf(connection: pg.Pool | pg.ClientBase): Sql {
  return {
    async query<Row>(text: string, values?: readonly SqlValue[]) {
      // Without values pg speaks the simple protocol, which takes scripts of several statements.
      const result = values ? await connection.query(text, values as unknown[]) : await connection.query(text)
      return result.rows as Row[]
    },
  }
}

/** Until none is open: what still works, as a timer's query, comes back soon. */
async function closeAll(pool: pg.Pool): Promise<void> {
  for (const until = performance.now() + LONGEST_REST_MS; pool.totalCount > 0 && performance.now() < until; ) {
    while (pool.idleCount > 0) (await pool.connect()).release(true)
    if (pool.totalCount > 0) await pause(10)
  }
}

/** A pooled connection may have died unnoticed: what only reads is tried once more, on another. */
async function queryPool<Row>(pool: pg.Pool, text: string, values?: readonly SqlValue[]): Promise<Row[]> {
  const { query } = sqlOf(pool)
  try {
    return await query<Row>(text, values)
  } catch (error) {
    const isDead = /^Connection terminated|57P01|ECONNRESET|EPIPE/.test(`${(error as Error).message} ${(error as { code?: string }).code}`)
    if (!isDead || !/^\s*SELECT\b/i.test(text)) throw error
    return query<Row>(text, values)
  }
}

/** On a connection of its own, without the pool's limits: a migration takes as long as it needs. */
async function inMigration<T>(url: string, work: (tx: MigrationSql) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: withApplicationName(url, 'rill-migrate'), connectionTimeoutMillis: CONNECT_MS })
  // A connection that breaks fails the statement too: that is what is told.
  client.on('error', () => {})
  await client.connect()
  try {
    await client.query('BEGIN')
    const result = await work({ ...sqlOf(client), run: async (script) => void (await client.query(script)) })
    await client.query('COMMIT')
    return result
  } finally {
    // What was not committed is rolled back with it.
    await client.end()
  }
}

async function inTransaction<T>(pool: pg.Pool, work: (tx: Sql) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  // A connection that breaks while it is lent out says so to the client, not to the pool.
  let broken: Error | undefined
  const onError = (error: Error) => {
    broken = error
  }
  client.on('error', onError)
  try {
    await client.query(BEGIN)
    const result = await work(sqlOf(client))
    await client.query('COMMIT')
    return result
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => {
      broken = failure
    })
    throw error
  } finally {
    client.off('error', onError)
    client.release(broken)
  }
}
