import 'server-only'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { AppError, newId } from '#lib/protocol/index.ts'
import type { Sql, TransactionalSql } from './sql.ts'

/** Any number that no other program takes on this database: "rill" in ASCII. */
const ADVISORY_LOCK = 0x72696c6c

interface Migration {
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

/** Runs a script of several statements; each driver has its own way. */
export type RunScript = (tx: Sql, script: string) => Promise<void>

/**
 * Applies what is missing of `folder`/<name>/migration.sql, in order, one transaction each under an advisory lock,
 * recorded as `prisma migrate deploy` records it. Several processes may start at once. Returns the names applied.
 */
export async function migrate(sql: TransactionalSql, folder: string, runScript: RunScript): Promise<string[]> {
  const applied: string[] = []
  for (const migration of readMigrations(folder)) {
    const isNew = await sql.transaction(async (tx) => {
      // However long another instance takes.
      await runScript(
        tx,
        `SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SELECT pg_advisory_xact_lock(${ADVISORY_LOCK})`,
      )
      await tx.query(LEDGER)
      return applyOne(tx, migration, runScript)
    })
    if (isNew) applied.push(migration.name)
  }
  return applied
}

async function applyOne(tx: Sql, { name, script, checksum }: Migration, runScript: RunScript): Promise<boolean> {
  const [row] = await tx.query<Applied>(
    'SELECT migration_name, checksum, finished_at FROM "_prisma_migrations" WHERE migration_name = $1 AND rolled_back_at IS NULL ORDER BY started_at DESC LIMIT 1',
    [name],
  )
  if (row) {
    checkRecorded(row, checksum)
    return false
  }
  await runScript(tx, script)
  await tx.query(
    'INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at, finished_at, applied_steps_count) VALUES ($1, $2, $3, now(), now(), 1)',
    [newId(), checksum, name],
  )
  return true
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

function readMigrations(folder: string): Migration[] {
  return migrationNames(folder).map((name) => {
    const bytes = readFileSync(join(folder, name, 'migration.sql'))
    return { name, script: bytes.toString('utf8'), checksum: createHash('sha256').update(bytes).digest('hex') }
  })
}
