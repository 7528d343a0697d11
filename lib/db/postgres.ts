import 'server-only'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { NOTIFY, openChannel } from './channel.ts'
import type { Driver } from './driver.ts'
import { outageOf, type Sql, type SqlValue } from './sql.ts'

export interface PostgresOptions {
  url: string
  /** The same server around a pooler. */
  directUrl: string
  /** Most connections at a time. Default 10. */
  poolSize?: number
  /** Told when an idle connection breaks; the pool replaces it. */
  onError: (error: Error) => void
}

/** Opens a pool on a PostgreSQL server. Waiting for a connection fails after 10 s rather than hang. */
export async function openPostgres({ url, directUrl, poolSize = 10, onError }: PostgresOptions): Promise<Driver> {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'rill',
  })
  pool.on('error', onError)
  const channel = openChannel({ url: directUrl, notify: (payload) => pool.query(NOTIFY, [payload]), onError })
  return {
    kind: 'postgres',
    query: (text, values) => queryPool(pool, text, values),
    // Not kept prepared: a pooler between may hand each statement to another connection.
    execute: async (text, values) => void (await pool.query(text, values as unknown[])),
    transaction: (work) => inTransaction(pool, work),
    runScript: async (tx, script) => void (await tx.query(script)),
    prismaAdapter: new PrismaPg(pool),
    queueDb: { executeSql: async (text, values) => pool.query(text, values) },
    channel,
    async close() {
      await channel.close()
      // What breaks from here on is meant to.
      pool.off('error', onError)
      pool.on('error', () => {})
      await pool.end()
    },
  }
}

function sqlOf(connection: pg.Pool | pg.PoolClient): Sql {
  return {
    async query<Row>(text: string, values?: readonly SqlValue[]) {
      // Without values pg speaks the simple protocol, which takes scripts of several statements.
      const result = values ? await connection.query(text, values as unknown[]) : await connection.query(text)
      return result.rows as Row[]
    },
  }
}

/** A pooled connection may have died unnoticed: what only reads is tried once more, on another. */
async function queryPool<Row>(pool: pg.Pool, text: string, values?: readonly SqlValue[]): Promise<Row[]> {
  const { query } = sqlOf(pool)
  try {
    return await query<Row>(text, values)
  } catch (error) {
    if (!/^\s*SELECT\b/i.test(text) || !outageOf(error)) throw error
    return query<Row>(text, values)
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
    await client.query('BEGIN')
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
