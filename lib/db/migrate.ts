import 'server-only'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, newId } from '#lib/protocol/index.ts'
import type { Sql } from './sql.ts'

/** Any number that no other program takes on this database: "rill" in ASCII. */
const ADVISORY_LOCK = 0x72696c6c

/** Where a server that was started in the project's folder finds them. */
export const MIGRATIONS_FOLDER = join(process.cwd(), 'prisma', 'migrations')

export interface Migration {
  name: string
  script: string
  /** Prisma's checksum: the SHA-256 of the file's bytes. */
  checksum: string
}

interface Applied {
  migration_name: string
  checksum: string
  finished_at: Date | null
}

const LEDGER = `CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
  "id" VARCHAR(36) PRIMARY KEY NOT NULL, "checksum" VARCHAR(64) NOT NULL, "finished_at" TIMESTAMPTZ,
  "migration_name" VARCHAR(255) NOT NULL, "logs" TEXT, "rolled_back_at" TIMESTAMPTZ,
  "started_at" TIMESTAMPTZ NOT NULL DEFAULT now(), "applied_steps_count" INTEGER NOT NULL DEFAULT 0)`

/** A transaction in which a script of several statements can run, however long it takes. */
export interface MigrationSql extends Sql {
  run(script: string): Promise<void>
}

/** Carries out `work` in one transaction of its own. */
export type InMigration = <T>(work: (tx: MigrationSql) => Promise<T>) => Promise<T>

/**
 * Applies what is missing of `folder`/<name>/migration.sql, in order, one transaction each under an advisory lock,
 * recorded as `prisma migrate deploy` records it. Several processes may start at once. Returns the names applied. Throws
 * `config-invalid` when the database does not follow from the folder.
 */
export async function migrate(folder: string, sql: Sql, inMigration: InMigration): Promise<string[]> {
  const missing = await missingMigrations(folder, sql)
  const applied: string[] = []
  for (const migration of missing) {
    const isNew = await inMigration(async (tx) => {
      await lockLedger(tx)
      // Another instance may have been first.
      if ((await findMissing(tx, [migration])).length === 0) return false
      await applyMigration(tx, migration)
      return true
    })
    if (isNew) applied.push(migration.name)
  }
  return applied
}

/** Until the transaction ends, nobody else migrates. Makes the ledger where there is none. */
export async function lockLedger(tx: MigrationSql): Promise<void> {
  await tx.run(`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`)
  await tx.query(LEDGER)
}

/** The names of what the database has and `folder` has not: a newer version was here. */
export async function unknownMigrations(folder: string, sql: Sql): Promise<string[]> {
  if (!(await hasLedger(sql))) return []
  const known = new Set(migrationNames(folder))
  return (await appliedMigrations(sql)).map((row) => row.migration_name).filter((name) => !known.has(name))
}

/** The migrations of `folder` that the database has not, in order. Throws as `migrate` does. */
export async function missingMigrations(folder: string, sql: Sql): Promise<Migration[]> {
  const migrations = readMigrations(folder)
  return (await hasLedger(sql)) ? findMissing(sql, migrations) : migrations
}

export async function hasLedger(sql: Sql): Promise<boolean> {
  const [ledger] = await sql.query<{ is_there: boolean }>(`SELECT to_regclass('"_prisma_migrations"') IS NOT NULL AS is_there`)
  return ledger?.is_there ?? false
}

/** What the ledger, which must be there, says was applied. */
export function appliedMigrations(sql: Sql): Promise<Applied[]> {
  return sql.query<Applied>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE rolled_back_at IS NULL ORDER BY started_at',
  )
}

async function findMissing(sql: Sql, migrations: Migration[]): Promise<Migration[]> {
  const recorded = new Map((await appliedMigrations(sql)).map((row) => [row.migration_name, row]))
  return migrations.filter(({ name, checksum }) => {
    const row = recorded.get(name)
    if (row) checkRecorded(row, checksum)
    return !row
  })
}

/** Applies one migration and records it. Nobody else may be migrating. */
export async function applyMigration(tx: MigrationSql, { name, script, checksum }: Migration): Promise<void> {
  await tx.run(script)
  await tx.query(
    'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), now(), 1)',
    [newId(), checksum, name],
  )
}

function checkRecorded(row: Applied, checksum: string): void {
  if (row.finished_at === null) {
    throw new AppError(
      'config-invalid',
      `The migration ${row.migration_name} was begun by another tool and failed. Resolve it with "prisma migrate resolve", then start again.`,
    )
  }
  if (row.checksum !== checksum) {
    throw new AppError(
      'config-invalid',
      `The migration ${row.migration_name} was changed after it was applied to this database. Restore the file, or use another database.`,
    )
  }
}

/** The names of all migrations that `folder` holds, in order. */
export function migrationNames(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

/** All migrations of `folder`, in order. */
export function readMigrations(folder: string): Migration[] {
  return migrationNames(folder).map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'))
    return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
  })
}
