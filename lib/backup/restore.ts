import 'server-only'
import type { Driver } from '#lib/db/driver.ts'
import {
  appliedMigrations,
  applyMigration,
  hasLedger,
  lockLedger,
  MIGRATIONS_FOLDER,
  type Migration,
  type MigrationSql,
  migrationNames,
  readMigrations,
  unknownMigrations,
} from '#lib/db/migrate.ts'
import type { Sql } from '#lib/db/sql.ts'
import { AppError } from '#lib/protocol/index.ts'
import { openRunQueue, type RunQueue } from '#lib/runs/queue.ts'
import { digestRows, type OnProgress } from './dump.ts'
import { damaged, type Header, type Row, type Summaries, type Table } from './format.ts'
import { readBackup } from './read-backup.ts'
import { applySettings, columnsOf, insertRows, isPage, quoted, readRows, TABLES } from './tables.ts'

export interface RestoreOptions {
  /** The backup's file. */
  path: string
  header: Header
  /** Puts the backup in the place of what is there. */
  replace?: boolean
  /** Does not look whether others are connected. */
  force?: boolean
  /** What instances' connections are called besides Rill's own names: the address that they share may give them another. */
  instanceNames?: string[]
  onProgress?: OnProgress
  /** Told when all rows are written, and again for each table that was found to be as in the file. */
  onVerify?: (table: string) => void
  onError: (error: unknown) => void
}

/**
 * Makes the database what it was when the backup was made, and takes up the runs that were open then. All in one transaction:
 * whatever fails, the database is as before. Throws `backup-refused` when the target is not empty, in use, or of another
 * version.
 */
export async function restore(driver: Driver, options: RestoreOptions): Promise<void> {
  const steps = splitMigrations(options.header)
  // Before the run queue opens connections of its own, and makes its tables.
  await driver.inMigration(async (tx) => {
    await checkAlone(tx, driver, options)
    await checkTarget(tx, options.replace)
  })
  const queue = await openRunQueue(driver, options.onError)
  try {
    await driver.inMigration(async (tx) => {
      await applySettings(tx)
      await lockLedger(tx)
      // One that was started since then is not known of.
      await checkAlone(tx, driver, options)
      await restoreIn(tx, queue, steps, options)
    })
  } finally {
    await queue.stop()
  }
}

async function restoreIn(tx: MigrationSql, queue: RunQueue, { before, after }: Steps, options: RestoreOptions): Promise<void> {
  await checkTarget(tx, options.replace)
  await tx.run(`DROP TABLE IF EXISTS ${TABLES.map(quoted).join(', ')} CASCADE; DELETE FROM "_prisma_migrations"`)
  // The rows go into tables as they were; what came later then changes both, as it does at an update.
  for (const migration of before) await applyMigration(tx, migration)
  await verify(tx, await load(tx, options), options.onVerify)
  for (const migration of after) await applyMigration(tx, migration)
  await takeUpRuns(tx, queue)
  for (const table of TABLES) await tx.query(`ANALYZE ${quoted(table)}`)
}

interface Steps {
  before: Migration[]
  after: Migration[]
}

/** The migrations that the backup has, and those that came later. */
function splitMigrations({ migrations, version }: Header): Steps {
  const known = readMigrations(MIGRATIONS_FOLDER)
  for (const { name, checksum } of migrations) {
    const own = known.find((migration) => migration.name === name)
    if (!own)
      throw new AppError(
        'backup-refused',
        `The backup was made by a newer Rill (${version}): this version does not know its migration ${name}. Update Rill, then restore.`,
      )
    if (own.checksum !== checksum)
      throw new AppError(
        'backup-refused',
        `The migration ${name} of this version is not the one of the backup. Restore the file prisma/migrations/${name}.`,
      )
  }
  const names = new Set(migrations.map(({ name }) => name))
  return { before: known.filter(({ name }) => names.has(name)), after: known.filter(({ name }) => !names.has(name)) }
}

/** Others would go on writing what they have in memory. */
async function checkAlone(tx: Sql, { kind }: Driver, { force, instanceNames = [] }: RestoreOptions): Promise<void> {
  if (kind === 'embedded' || force) return
  const [row] = await tx.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = ANY($1::text[]) AND pid <> pg_backend_pid()`,
    [['rill', 'rill-listen', ...instanceNames]],
  )
  if (row && row.count > 0)
    throw new AppError(
      'backup-refused',
      `Rill is running on this database (${row.count} connections). Stop every instance first. If none runs (a pooler may keep connections open), use --force.`,
    )
}

async function checkTarget(tx: Sql, replace = false): Promise<void> {
  await checkOwnTables(tx)
  const unknown = (await hasLedger(tx)) ? await unknownMigrations(MIGRATIONS_FOLDER, tx) : []
  if (unknown.length > 0)
    throw new AppError(
      'backup-refused',
      `The target is the database of a newer Rill (it has the migration ${unknown[0]}). Use that version.`,
    )
  if (replace || (await columnsOf(tx, 'sessions')).length === 0) return
  // Every look at a page makes a visitor: one without a session has nothing to lose.
  const [row] = await tx.query<{ sessions: number; people: number }>(
    'SELECT (SELECT count(*)::int FROM sessions) AS sessions, (SELECT count(*)::int FROM users WHERE NOT is_anonymous) AS people',
  )
  if (row && row.sessions + row.people > 0)
    throw new AppError(
      'backup-refused',
      `The target is not empty: it has ${row.sessions} sessions and ${row.people} accounts. To put the backup in their place, use --replace; they are gone then.`,
    )
}

/** A restore drops the tables that have its names: whatever the flags, only Rill's own. */
async function checkOwnTables(tx: Sql): Promise<void> {
  const applied = (await hasLedger(tx)) ? (await appliedMigrations(tx)).map((row) => row.migration_name) : []
  const [first] = migrationNames(MIGRATIONS_FOLDER)
  if (first !== undefined && applied.includes(first)) return
  const [foreign] = await tx.query<{ name: string }>(
    'SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS names (name, place) WHERE to_regclass(quote_ident(name)) IS NOT NULL ORDER BY place',
    [TABLES],
  )
  if (foreign)
    throw new AppError(
      'backup-refused',
      `The target has a table "${foreign.name}" that is not Rill's: another program uses this database. Restore into an empty database, or one that only Rill has used.`,
    )
}

async function load(tx: Sql, { path, onProgress }: RestoreOptions): Promise<Loaded> {
  const tables: Table[] = []
  let target: Target | undefined
  for await (const part of readBackup(path)) {
    if ('rows' in part) await target?.add(part.rows)
    if ('table' in part || 'end' in part) await target?.flush()
    if ('table' in part) {
      tables.push(part.table)
      target = await openTarget(tx, part.table, onProgress)
    }
    if ('end' in part) return { tables, summaries: part.end }
  }
  throw damaged('its end is missing')
}

interface Loaded {
  tables: Table[]
  summaries: Summaries
}

interface Target {
  add(rows: Row[]): Promise<void>
  flush(): Promise<void>
}

async function openTarget(tx: Sql, { table, columns }: Table, onProgress?: OnProgress): Promise<Target> {
  const there = new Map((await columnsOf(tx, table)).map((column) => [column.name, column]))
  const into = columns.map((name) => {
    const column = there.get(name)
    if (!column) throw new AppError('backup-refused', `The backup has ${table}.${name}, which its migrations do not make.`)
    return column
  })
  let waiting: Row[] = []
  let count = 0
  async function flush(): Promise<void> {
    if (waiting.length === 0) return
    await insertRows(tx, table, into, waiting)
    count += waiting.length
    waiting = []
    onProgress?.(table, count)
  }
  return {
    flush,
    async add(rows) {
      waiting.push(...rows)
      if (isPage(waiting)) await flush()
    },
  }
}

/** Reads back what was written. */
async function verify(tx: Sql, { tables, summaries }: Loaded, onVerify?: (table: string) => void): Promise<void> {
  for (const { table, columns } of tables) {
    const { rows, checksum } = await digestRows(readRows(tx, table, columns))
    if (rows !== summaries[table]?.rows || checksum !== summaries[table].checksum)
      throw new AppError(
        'backup-damaged',
        `The table ${table} does not stand in the database as in the backup (${rows} rows). Nothing was changed.`,
      )
    onVerify?.(table)
  }
}

/** Jobs belong to the processes that were: each run that was open gets a new one, which any worker may take. */
async function takeUpRuns(tx: Sql, queue: RunQueue): Promise<void> {
  await queue.clear(tx)
  const open = await tx.query<{ id: string }>("SELECT id FROM runs WHERE status IN ('pending', 'running') ORDER BY created_at")
  for (const { id } of open) await queue.enqueue(tx, id)
}
