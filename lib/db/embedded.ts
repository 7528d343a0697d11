import 'server-only'
import { join } from 'node:path'
import { PGlite, type Transaction } from '@electric-sql/pglite'
import { fromPglite } from 'pg-boss'
import { PrismaPGlite } from 'pglite-prisma-adapter'
import { copyLiveFolder } from './copy-folder.ts'
import { type DataLock, lockDataFolder } from './data-lock.ts'
import type { Driver } from './driver.ts'
import { makePrivateFolder } from './make-folder.ts'
import { PreparedStatements } from './prepared.ts'
import type { Sql, SqlValue } from './sql.ts'

/** Where the embedded database is within the data folder. */
export function embeddedFolder(dataFolder: string): string {
  return join(dataFolder, 'postgres')
}

/** Opens the embedded PostgreSQL in `folder`, alone: a second process on it is refused. A lock that is given is released with it. */
export async function openEmbedded(folder: string, given?: DataLock): Promise<Driver> {
  const lock = given ?? (await lockDataFolder(folder))
  try {
    // PGlite's files are for everyone: the folder around them is not. The data folder itself may be a mount.
    makePrivateFolder(embeddedFolder(folder))
    const pglite = await PGlite.create({ dataDir: embeddedFolder(folder) })
    const prepared = new PreparedStatements((script) => pglite.exec(script))
    return {
      kind: 'embedded',
      ...sqlOf(pglite),
      execute: (text, values) => prepared.execute(text, values),
      transaction: (work) => pglite.transaction((tx) => work(sqlOf(tx))),
      inMigration: (work) => pglite.transaction((tx) => work({ ...sqlOf(tx), run: async (script) => void (await tx.exec(script)) })),
      prismaAdapter: new PrismaPGlite(pglite),
      queueDb: fromPglite(pglite),
      // What was committed is in the files, as it is after a crash: nothing has to be flushed.
      copyTo: (to) => copyLiveFolder(embeddedFolder(folder), embeddedFolder(to), (work) => pglite.runExclusive(work)),
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
