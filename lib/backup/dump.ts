import 'server-only'
import { createHash } from 'node:crypto'
import type { Driver } from '#lib/db/driver.ts'
import { appliedMigrations, hasLedger, MIGRATIONS_FOLDER, unknownMigrations } from '#lib/db/migrate.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError } from '#lib/protocol/index.ts'
import { FORMAT, type Header, lineOf, type Row, type Summaries, TableDigest } from './format.ts'
import { applySettings, columnsOf, readRows, TABLES } from './tables.ts'

/** Told after each page how many rows of a table are done. */
export type OnProgress = (table: string, rows: number) => void

export interface DumpOptions {
  /** What the header says besides what stands in the database. */
  about: Pick<Header, 'version' | 'secret' | 'secretMark'>
  /** Takes the backup's lines, some at a time; the next come when it resolves. */
  write: (lines: string) => Promise<void>
  onProgress?: OnProgress
  signal?: AbortSignal
}

/** Writes out the whole database as it is at one moment. Others may use it meanwhile. Returns what was written. */
export function dump(driver: Pick<Driver, 'kind' | 'inMigration'>, options: DumpOptions): Promise<Summaries> {
  return driver.inMigration(async (tx) => {
    await tx.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY')
    await applySettings(tx)
    const whole = createHash('sha256')
    const write = async (lines: string) => {
      options.signal?.throwIfAborted()
      whole.update(lines)
      await options.write(lines)
    }
    await write(lineOf(await headerOf(tx, driver.kind, options.about)))
    const tables = await dumpTables(tx, write, options.onProgress)
    await options.write(lineOf({ tables, checksum: whole.digest('hex') }))
    return tables
  })
}

async function headerOf(tx: Sql, from: Header['from'], about: DumpOptions['about']): Promise<Header> {
  if (!(await hasLedger(tx)))
    throw new AppError('backup-refused', 'There is nothing to back up: Rill has not been started on this database.')
  const [unknown] = await unknownMigrations(MIGRATIONS_FOLDER, tx)
  if (unknown !== undefined)
    throw new AppError('backup-refused', `The database is of a newer Rill (it has the migration ${unknown}). Back it up with that version.`)
  const migrations = (await appliedMigrations(tx)).map(({ migration_name: name, checksum }) => ({ name, checksum }))
  return { rill: 'backup', format: FORMAT, createdAt: new Date().toISOString(), from, migrations, ...about }
}

async function dumpTables(tx: Sql, write: (lines: string) => Promise<void>, onProgress?: OnProgress): Promise<Summaries> {
  const tables: Summaries = {}
  for (const table of TABLES) {
    const columns = (await columnsOf(tx, table)).map(({ name }) => name)
    // A version before it had none.
    if (columns.length === 0) continue
    await write(lineOf({ table, columns }))
    const rows = countRows(readRows(tx, table, columns), (count) => onProgress?.(table, count))
    tables[table] = await digestRows(rows, write)
  }
  return tables
}

/** Sums up rows as a backup has them. */
export async function digestRows(pages: AsyncIterable<Row[]>, write?: (lines: string) => Promise<void>) {
  const digest = new TableDigest()
  for await (const rows of pages) {
    const lines = rows.map(lineOf).join('')
    digest.addLines(lines, rows.length)
    await write?.(lines)
  }
  return digest.summary()
}

async function* countRows(pages: AsyncIterable<Row[]>, onCount: (count: number) => void): AsyncGenerator<Row[]> {
  let count = 0
  for await (const rows of pages) {
    yield rows
    count += rows.length
    onCount(count)
  }
}
