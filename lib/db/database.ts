import 'server-only'
import type { Db as QueueDb } from 'pg-boss'
import type { Channel } from './channel.ts'
import type { Driver } from './driver.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate, missingMigrations } from './migrate.ts'
import type { Sql, TransactionalSql } from './sql.ts'

export interface Database extends TransactionalSql {
  kind: Driver['kind']
  prisma: PrismaClient
  queueDb: QueueDb
  /** Between the instances on a server; the embedded database has one process. */
  channel?: Channel
  /** Resolves when the database answers and every migration is applied; throws what is wrong. */
  checkReady(): Promise<void>
  rest: Driver['rest']
  close(): Promise<void>
}

export interface DatabaseOptions {
  /** A PostgreSQL server; without it the embedded database in `dataFolder`. */
  url?: string
  /** The same server around a pooler, for listening and migrations. Default: `url`. */
  directUrl?: string
  dataFolder: string
  migrationsFolder: string
  poolSize?: number
  /** The process is frozen between requests: no connection listens. */
  isFrozen?: boolean
  onError: (error: Error) => void
}

/** Opens the database, applies what migrations are missing, and makes the only Prisma client. */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const driver = await openDriver(options)
  try {
    await migrate(options.migrationsFolder, driver, driver.inMigration)
    const prisma = new PrismaClient({ adapter: driver.prismaAdapter })
    return {
      kind: driver.kind,
      query: driver.query,
      execute: driver.execute,
      transaction: driver.transaction,
      prisma,
      queueDb: driver.queueDb,
      ...(driver.channel && { channel: driver.channel }),
      rest: driver.rest,
      checkReady: () => checkMigrated(driver, options.migrationsFolder),
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
async function openDriver({ url, directUrl, dataFolder, migrationsFolder: _, ...options }: DatabaseOptions): Promise<Driver> {
  if (url === undefined) return (await import('./embedded.ts')).openEmbedded(dataFolder)
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres({ url, directUrl: directUrl ?? url, ...options })
}

async function checkMigrated(sql: Sql, folder: string): Promise<void> {
  const missing = await missingMigrations(folder, sql)
  if (missing.length > 0) throw new Error(`Migrations are missing: ${missing.map(({ name }) => name).join(', ')}`)
}
