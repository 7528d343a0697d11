import 'server-only'
import type { Db as QueueDb } from 'pg-boss'
import type { Channel } from './channel.ts'
import type { Driver } from './driver.ts'
import { PrismaClient } from './generated/client.ts'
import { migrate, missingMigrations } from './migrate.ts'
import { type DriverOptions, openDriver } from './open-driver.ts'
import type { Sql, TransactionalSql } from './sql.ts'

export interface Database extends TransactionalSql {
  kind: Driver['kind']
  prisma: PrismaClient
  queueDb: QueueDb
  /** Between the instances on a server; the embedded database has one process. */
  channel?: Channel
  /** Resolves when the database answers and every migration is applied; throws what is wrong. */
  checkReady(): Promise<void>
  copyTo?: Driver['copyTo']
  rest: Driver['rest']
  close(): Promise<void>
}

export interface DatabaseOptions extends DriverOptions {
  migrationsFolder: string
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
      ...(driver.copyTo && { copyTo: driver.copyTo }),
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

async function checkMigrated(sql: Sql, folder: string): Promise<void> {
  const missing = await missingMigrations(folder, sql)
  if (missing.length > 0) throw new Error(`Migrations are missing: ${missing.map(({ name }) => name).join(', ')}`)
}
