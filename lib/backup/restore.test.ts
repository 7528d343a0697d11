import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { gunzipSync, gzipSync } from 'node:zlib'
import pg from 'pg'
import { afterAll, afterEach, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import type { Driver } from '#lib/db/driver.ts'
import { applyMigration, lockLedger, MIGRATIONS_FOLDER, migrate, missingMigrations, readMigrations } from '#lib/db/migrate.ts'
import { openDriver } from '#lib/db/open-driver.ts'
import { createTestServerDatabase, databaseKinds, describeEach, hasServer, testEach } from '#lib/db/testing/database.ts'
import { newId } from '#lib/protocol/index.ts'
import { openRunQueue, readSnapshot } from '#lib/runs/index.ts'
import { dump } from './dump.ts'
import type { Summaries } from './format.ts'
import { checkBackup } from './read-backup.ts'
import { type RestoreOptions, restore } from './restore.ts'
import { openTarget } from './source.ts'
import { TABLES } from './tables.ts'
import { fillDatabase } from './testing/fill.ts'
import { writeCompressed } from './write-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rill-backup-'))
const closers: (() => Promise<void>)[] = []
afterAll(async () => {
  for (const close of closers) await close()
  rmSync(folder, { recursive: true })
})

const newPath = () => join(folder, newId())
const failTest = (error: unknown) => expect.fail(String(error))

const spare = new Map<Driver['kind'], Driver[]>()

/** An empty database: a new one, or one that an earlier test had. */
async function openEmpty(kind: Driver['kind']): Promise<Driver> {
  const used = spare.get(kind)?.shift()
  if (!used) return openNew(kind)
  taken.push(used)
  await used.query('DROP SCHEMA IF EXISTS pgboss CASCADE')
  await used.query('DROP SCHEMA public CASCADE')
  await used.query('CREATE SCHEMA public')
  return used
}

const taken: Driver[] = []
afterEach(() => {
  for (const driver of taken.splice(0)) spare.set(driver.kind, [...(spare.get(driver.kind) ?? []), driver])
})

async function openNew(kind: Driver['kind']): Promise<Driver & { url?: string }> {
  const server = kind === 'postgres' ? await createTestServerDatabase() : undefined
  const driver = await openDriver({
    dataFolder: newPath(),
    isFrozen: true,
    name: 'rill-backup',
    onError: failTest,
    ...(server && { url: server.url }),
  })
  closers.push(async () => {
    await driver.close()
    await server?.drop()
  })
  taken.push(driver)
  return { ...driver, ...(server && { url: server.url }) }
}

async function openFilled(kind: Driver['kind'], sessions: number): Promise<Driver> {
  const driver = await openEmpty(kind)
  await migrate(MIGRATIONS_FOLDER, driver, driver.inMigration)
  await fillDatabase(driver, sessions)
  return driver
}

async function backUp(driver: Driver): Promise<{ path: string; tables: Summaries }> {
  const path = newPath()
  let tables: Summaries = {}
  await writeCompressed(path, {
    async content(write) {
      tables = await dump(driver, { about: { version: '0.1.0' }, write })
    },
  })
  return { path, tables }
}

async function restoreFrom(path: string, driver: Driver, options: Partial<RestoreOptions> = {}): Promise<void> {
  const { header } = await checkBackup(path)
  await restore(driver, { path, header, onError: failTest, ...options })
}

/** Changes what a backup says, as no damage would: its lines. */
function rewrite(path: string, change: (text: string) => string): string {
  const changed = newPath()
  writeFileSync(changed, gzipSync(change(gunzipSync(readFileSync(path)).toString())))
  return changed
}

/** Opens in no time. */
const quick = hasServer ? 'postgres' : 'embedded'

const idsOf = async (driver: Driver, query: string) => (await driver.query<{ id: string }>(query)).map(({ id }) => id).sort()
const OPEN_RUNS = "SELECT id FROM runs WHERE status IN ('pending', 'running')"
const isEmpty = async (driver: Driver) => (await driver.query<{ gone: boolean }>("SELECT to_regclass('users') IS NULL AS gone"))[0]?.gone

test('every table that Rill keeps is in a backup', async () => {
  const driver = await openFilled(quick, 0)
  const rows = await driver.query<{ name: string }>(
    "SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition",
  )
  expect(rows.map(({ name }) => name).sort()).toEqual([...TABLES, '_prisma_migrations'].sort())
})

const kindsHere = databaseKinds.filter((kind) => kind === 'embedded' || hasServer)
const pairs = kindsHere.flatMap((from) => kindsHere.map((to) => ({ from, to })))
// Where there is a server, what is between the two is what counts.
const moves = pairs.length > 1 ? pairs.filter(({ from, to }) => from !== to) : pairs

test.each(moves)(
  '1,000 sessions go from $from to $to: every row is there, and open runs can be taken up',
  { timeout: 120_000 },
  async ({ from, to }) => {
    const source = await openFilled(from, 1_000)
    const { path, tables } = await backUp(source)
    expect(tables).toMatchObject({ sessions: { rows: 1_000 }, runs: { rows: 3_000 }, messages: { rows: 5_950 }, events: { rows: 24_000 } })
    const target = await openEmpty(to)
    await restoreFrom(path, target)
    expect(await missingMigrations(MIGRATIONS_FOLDER, target)).toEqual([])
    expect((await backUp(target)).tables).toEqual(tables)
    const sample = await idsOf(
      source,
      'SELECT DISTINCT ON (status, deleted_at IS NULL) s.id FROM sessions s JOIN runs r ON r.session_id = s.id',
    )
    expect(sample.length).toBeGreaterThan(2)
    for (const id of sample) {
      const [before, after] = await Promise.all([source, target].map((driver) => driver.transaction((tx) => readSnapshot(tx, id))))
      expect(after).toEqual(before)
    }
    const queue = await openRunQueue(target, failTest)
    const jobs = (await queue.fetch(1_000)).map(({ id }) => id)
    await queue.stop()
    expect(jobs.sort()).toEqual(await idsOf(source, OPEN_RUNS))
    expect(jobs).toHaveLength(50)
  },
)

describeEach(databaseKinds)('a restore (%s)', (kind) => {
  test('into a database with sessions is refused, and takes their place when asked', async () => {
    const { path, tables } = await backUp(await openFilled(quick, 20))
    const target = await openFilled(kind, 10)
    const queue = await openRunQueue(target, failTest)
    await queue.enqueue(target, (await idsOf(target, 'SELECT id FROM runs'))[0] ?? '')
    await queue.stop()
    const before = await backUp(target)
    await expect(restoreFrom(path, target)).rejects.toThrow(/not empty: it has 10 sessions and 0 accounts.+--replace/)
    expect((await backUp(target)).tables).toEqual(before.tables)
    await restoreFrom(path, target, { replace: true })
    expect((await backUp(target)).tables).toEqual(tables)
    expect(await idsOf(target, 'SELECT id::text FROM pgboss.job')).toEqual(await idsOf(target, OPEN_RUNS))
  })

  test('into a database that has only seen visitors is none of their loss', async () => {
    const { path, tables } = await backUp(await openFilled(quick, 10))
    const target = await openFilled(kind, 0)
    await restoreFrom(path, target)
    expect((await backUp(target)).tables).toEqual(tables)
    await target.query("INSERT INTO users (id, name, email) VALUES (gen_random_uuid(), 'Ann', 'ann@mail.invalid')")
    await target.query('DELETE FROM sessions')
    await expect(restoreFrom(path, target)).rejects.toThrow(/0 sessions and 1 accounts/)
  })

  test('into a database in which another program has tables of these names is refused, whatever the flags', async () => {
    const { path } = await backUp(await openFilled(quick, 10))
    const target = await openEmpty(kind)
    await target.query('CREATE TABLE users (id int PRIMARY KEY, email text)')
    await target.query('CREATE TABLE events (id int PRIMARY KEY, user_id int REFERENCES users)')
    await target.query("INSERT INTO users VALUES (1, 'ann@mail.invalid')")
    await target.query('INSERT INTO events VALUES (1, 1), (2, 1)')
    for (const flags of [{}, { replace: true }, { replace: true, force: true }])
      await expect(restoreFrom(path, target, flags)).rejects.toThrow(
        /has a table "users" that is not Rill's.+Restore into an empty database/,
      )
    expect(await target.query('SELECT * FROM users')).toEqual([{ id: 1, email: 'ann@mail.invalid' }])
    expect(await target.query('SELECT * FROM events ORDER BY id')).toEqual([
      { id: 1, user_id: 1 },
      { id: 2, user_id: 1 },
    ])
    const made = "SELECT to_regclass('sessions') IS NULL AND to_regclass('_prisma_migrations') IS NULL AS is_as_before"
    expect(await target.query(made)).toEqual([{ is_as_before: true }])
    // Another program may keep a ledger of the same kind.
    await target.query(
      'CREATE TABLE _prisma_migrations (migration_name text, checksum text, finished_at timestamptz, rolled_back_at timestamptz, started_at timestamptz)',
    )
    await target.query("INSERT INTO _prisma_migrations VALUES ('20200101000000_init', '', now(), NULL, now())")
    await target.query('DROP TABLE events, users')
    await target.query('CREATE TABLE events (id int)')
    await expect(restoreFrom(path, target, { replace: true })).rejects.toThrow(/has a table "events"/)
  })

  test('that fails leaves everything as it was', async () => {
    const { path } = await backUp(await openFilled(quick, 20))
    const { header } = await checkBackup(path)
    const [empty, full] = [await openEmpty(kind), await openFilled(kind, 10)]
    const before = await backUp(full)
    const broken = [
      // In the last line: all rows are written by then.
      rewrite(path, (text) => text.replace(/"checksum":"[0-9a-f]{64}"}\n$/, `"checksum":"${'0'.repeat(64)}"}\n`)),
      // PostgreSQL refuses it.
      rewrite(path, (text) => text.replace(/\["[0-9a-f-]{36}",/, '["no id",')),
      rewrite(path, (text) => text.slice(0, -1_000)),
      rewrite(path, (text) => text.replace('"columns":["id","token"', '"columns":["id","tokens"')),
    ]
    for (const bad of broken) {
      for (const target of [empty, full])
        await expect(restore(target, { path: bad, header, replace: true, onError: failTest })).rejects.toThrow()
      expect(await isEmpty(empty)).toBe(true)
      expect((await backUp(full)).tables).toEqual(before.tables)
    }
  })

  test('finds what does not stand in the database as in the file', async () => {
    const { path, tables } = await backUp(await openFilled(quick, 20))
    const { header } = await checkBackup(path)
    const target = await openEmpty(kind)
    // A time of which the database keeps less than the file has: the file is whole, what stands is not what it says.
    const source = await openFilled(quick, 0)
    await source.query('ALTER TABLE users ALTER created_at TYPE timestamptz(6)')
    await source.query("UPDATE users SET created_at = '2026-01-01 00:00:00.123456Z'")
    const finer = await backUp(source)
    await expect(restoreFrom(finer.path, target)).rejects.toThrow(/users does not stand in the database as in the backup/)
    expect(await isEmpty(target)).toBe(true)
    const verified: string[] = []
    await restore(target, { path, header, onError: failTest, onVerify: (table) => verified.push(table) })
    expect(verified).toEqual(Object.keys(tables))
  })

  test('brings a backup of an older version up to date', async () => {
    const [first, ...later] = readMigrations(MIGRATIONS_FOLDER)
    expect(later.length).toBeGreaterThan(0)
    const old = await openEmpty(quick)
    await old.inMigration(async (tx) => {
      await lockLedger(tx)
      if (first) await applyMigration(tx, first)
    })
    await fillDatabase(old, 20)
    const { path, tables } = await backUp(old)
    const target = await openFilled(kind, 10)
    await restoreFrom(path, target, { replace: true })
    expect(await missingMigrations(MIGRATIONS_FOLDER, target)).toEqual([])
    const restored = (await backUp(target)).tables
    for (const [table, { rows }] of Object.entries(tables)) expect([table, restored[table]?.rows]).toEqual([table, rows])
    // Whose columns are the same in both versions.
    for (const table of ['users', 'accounts', 'events']) expect(restored[table]).toEqual(tables[table])
    expect(await target.query("SELECT 1 FROM pg_indexes WHERE indexname = 'runs_answer_id_key'")).toHaveLength(1)
  })

  test('of a newer version, or into the database of one, is refused', async () => {
    const { path } = await backUp(await openFilled(quick, 10))
    const { header } = await checkBackup(path)
    const target = await openEmpty(kind)
    const newer = { ...header, version: '9.0.0', migrations: [...header.migrations, { name: '20990101000000_later', checksum: '' }] }
    const refused = restore(target, { path, header: newer, onError: failTest })
    await expect(refused).rejects.toThrow(/newer Rill \(9\.0\.0\): this version does not know its migration 20990101000000_later/)
    const changed = { ...header, migrations: header.migrations.map(({ name }) => ({ name, checksum: 'other' })) }
    await expect(restore(target, { path, header: changed, onError: failTest })).rejects.toThrow(/is not the one of the backup/)
    expect(await isEmpty(target)).toBe(true)
    const future = await openFilled(kind, 0)
    await future.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('1', '', '20990101000000_later', now())",
    )
    await expect(restoreFrom(path, future, { replace: true })).rejects.toThrow(/database of a newer Rill/)
    await expect(backUp(future)).rejects.toThrow(/Back it up with that version/)
  })

  test('has something to restore only from a database that Rill was started on', async () => {
    await expect(backUp(await openEmpty(kind))).rejects.toThrow(/nothing to back up/)
  })
})

test.runIf(hasServer)('a restore into a database that Rill is connected to is refused, unless forced', async () => {
  const { path, tables } = await backUp(await openFilled(quick, 10))
  const target = await openNew('postgres')
  const instance = new pg.Client({ connectionString: target.url, application_name: 'rill' })
  await instance.connect()
  await expect(restoreFrom(path, target)).rejects.toThrow(/Rill is running on this database \(1 connections\).+--force/)
  expect(await isEmpty(target)).toBe(true)
  await restoreFrom(path, target, { force: true })
  await instance.end()
  expect((await backUp(target)).tables).toEqual(tables)
})

test.runIf(hasServer)('one that is started while the restore begins is seen too, before anything is dropped', async () => {
  const { path } = await backUp(await openFilled(quick, 10))
  const target = await openNew('postgres')
  const instance = new pg.Client({ connectionString: target.url, application_name: 'rill' })
  let transactions = 0
  const late: Driver = {
    ...target,
    async inMigration(work) {
      transactions += 1
      if (transactions === 2) await instance.connect()
      return target.inMigration(work)
    },
  }
  await expect(restoreFrom(path, late)).rejects.toThrow(/Rill is running on this database \(1 connections\)/)
  expect(transactions).toBe(2)
  expect(await isEmpty(target)).toBe(true)
  await instance.end()
})

test.runIf(hasServer)('instances are seen when their address gives them another name, and the restore is none of them', async () => {
  const { path, tables } = await backUp(await openFilled(quick, 10))
  const { url = '' } = await openNew('postgres')
  const databaseUrl = `${url}${url.includes('?') ? '&' : '?'}application_name=myapp`
  const instance = await openDriver({ url: databaseUrl, dataFolder: '', isFrozen: true, onError: failTest })
  await instance.query('SELECT 1')
  const target = await openTarget(readConfig({ DATABASE_URL: databaseUrl }), failTest)
  closers.unshift(target.close)
  // More than one connection is open when it looks again.
  await Promise.all([target.query('SELECT 1'), target.query('SELECT 1')])
  await expect(restoreFrom(path, target, { instanceNames: ['myapp'] })).rejects.toThrow(/Rill is running on this database/)
  await instance.close()
  await expect.poll(() => target.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'myapp'")).toEqual([])
  await restoreFrom(path, target, { instanceNames: ['myapp'] })
  expect((await backUp(target)).tables).toEqual(tables)
})

testEach(databaseKinds)('a backup is of one moment, whatever is written meanwhile (%s)', async (kind) => {
  const source = await openFilled(kind, 20)
  let isOver = false
  // Two sessions that were always made together.
  const writing = (async () => {
    // The embedded database answers without a turn of the event loop.
    for (let count = 0; !isOver; count += 1, await setImmediate())
      await source.transaction(async (tx) => {
        const [user] = await tx.query<{ id: string }>('SELECT id FROM users LIMIT 1')
        for (const name of ['one', 'other'])
          await tx.query('INSERT INTO sessions (id, user_id, title) VALUES (gen_random_uuid(), $1, $2)', [
            user?.id ?? '',
            `${name} ${count}`,
          ])
        await tx.query('DELETE FROM sessions WHERE title IN ($1, $2)', [`one ${count - 50}`, `other ${count - 50}`])
      })
  })()
  const { path } = await (async () => backUp(kind === 'embedded' ? await copyOf(source) : source))().finally(() => {
    isOver = true
  })
  await writing
  const target = await openEmpty(quick)
  await restoreFrom(path, target)
  const pairs = await target.query<{ names: number }>(
    "SELECT count(*)::int AS names FROM sessions WHERE title ~ '^(one|other) ' GROUP BY split_part(title, ' ', 2)",
  )
  expect(pairs.every(({ names }) => names === 2)).toBe(true)
})

/** What a running server makes of its embedded database for whoever backs it up. */
async function copyOf(driver: Driver): Promise<Driver> {
  const dataFolder = newPath()
  await driver.copyTo?.(dataFolder)
  const copy = await openDriver({ dataFolder, onError: failTest })
  closers.push(copy.close)
  return copy
}
