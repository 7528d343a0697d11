import 'server-only'
import type { Db as QueueDb } from 'pg-boss'
import type { Channel } from './channel.ts'
import type { Driver } from './driver.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate, migrationNames } from './migrate.ts'
import type { Sql, TransactionalSql } from './sql.ts'

export interface Database extends TransactionalSql {
  kind: Driver['kind']
  prisma: PrismaClient
  queueDb: QueueDb
  /** Between the instances on a server; the embedded database has one process. */
  channel?: Channel
  /** Resolves when the database answers and every migration is applied; throws what is wrong. */
  checkReady(): Promise<void>
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A PostgreSQL server; without it the embedded database in `dataFolder`. */
  url?: string
  /** The same server around a pooler, for listening. Default: `url`. */
  directUrl?: string
  dataFolder: string
  migrationsFolder: string
  poolSize?: number
  onError: (error: Error) => void
}

/** Opens the database, applies what migrations are missing, and makes the only Prisma client. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const driver = await openDriver(options)
  try {
    await migrate(driver, options.migrationsFolder, driver.runScript)
    const prisma = new PrismaClient({ adapter: driver.prismaAdapter })
    return {
      kind: driver.kind,
      query: driver.query,
      execute: driver.execute,
      transaction: driver.transaction,
      prisma,
      queueDb: driver.queueDb,
      ...(driver.channel && { channel: driver.channel }),
      checkReady: () => checkMigrated(driver, migrationNames(options.migrationsFolder)),
      async close() {
        await prisma.$disconnect()
        await driver.close()
      },
    }
  } catch (error) {
    await driver.close()
    throw error
  }
}

/** The driver's module is loaded only when it is the one in use: the embedded engine is large. */
async function openDriver({ url, directUrl, dataFolder, poolSize, onError }: DatabaseOptions): Promise<Driver> {
  if (url === undefined) return (await import('./embedded.ts')).openEmbedded(dataFolder)
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres({ url, directUrl: directUrl ?? url, onError, ...(poolSize !== undefined && { poolSize }) })
}

async function checkMigrated(sql: Sql, names: string[]): Promise<void> {
  const rows = await sql.query<{ migration_name: string }>('SELECT migration_name FROM "_prisma_migrations" WHERE finished_at IS NOT NULL')
  const applied = new Set(rows.map((row) => row.migration_name))
  const missing = names.filter((name) => !applied.has(name))
  if (missing.length > 0) throw new Error(`Migrations are missing: ${missing.join(', ')}`)
}
