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
      inMigration: (work) => pglite.transaction((tx) => work({ ...sqlOf(tx), run: async (script) => void (await tx.exec(script)) })),
      prismaAdapter: new PrismaPGlite(pglite),
      queueDb: fromPglite(pglite),
      rest: async () => {},
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

function sqlOf(connection: Pick<PGlite | Transaction, 'query'>): Sql {
  return {
    async query<Row>(text: string, values: readonly SqlValue[] = []) {
      const result = await connection.query<Row>(text, values as unknown[])
      return result.rows
    },
  }
}
