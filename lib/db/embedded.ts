import 'server-only'
import { join } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { fromPglite } from 'pg-boss'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { lockDataFolder } from './data-lock.ts'
import type { Driver } from './driver.ts'
import { PreparedStatements } from './prepared.ts'
import type { Sql, SqlValue } from './sql.ts'

/** Opens the embedded PostgreSQL in `folder`, alone: a second process on it is refused. */
export async function openEmbedded(folder: string): Promise<Driver> {
  const lock = await lockDataFolder(folder)
  try {
    const pglite = await PGlite.create({ dataDir: join(folder, 'postgres') })
    const prepared = new PreparedStatements((script) => pglite.exec(script))
    return {
      kind: 'embedded',
      ...sqlOf(pglite),
      execute: (text, values) => prepared.execute(text, values),
      transaction: (work) => pglite.transaction((tx) => work(sqlOf(tx))),
      runScript: async (tx, script) => void (await scriptRunner(tx)(script)),
      prismaAdapter: new PrismaPGlite(pglite),
      queueDb: fromPglite(pglite),
      async close() {
        await pglite.close()
        lock.release()
      },
    }
  } catch (error) {
    lock.release()
    throw error
  }
}

const EXEC = Symbol('exec')

function sqlOf(connection: Pick<PGlite | Transaction, 'query' | 'exec'>): Sql & { [EXEC]: (script: string) => Promise<unknown> } {
  return {
    async query<Row>(text: string, values: readonly SqlValue[] = []) {
      const result = await connection.query<Row>(text, values as unknown[])
      return result.rows
    },
    [EXEC]: (script) => connection.exec(script),
  }
}

function scriptRunner(tx: Sql): (script: string) => Promise<unknown> {
  const exec = (tx as Partial<ReturnType<typeof sqlOf>>)[EXEC]
  if (!exec) throw new TypeError('This transaction was not made by the embedded database.')
  return exec
}
