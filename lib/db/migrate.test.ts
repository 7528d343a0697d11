import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { migrationNames } from './migrate.ts'
import { createTestServerDatabase, databaseKinds, describeEach, hasServer } from './testing/database.ts'

const MIGRATIONS = join(import.meta.dirname, '..', '..', 'prisma', 'migrations')

describeEach(databaseKinds)('migrations (%s)', (kind) => {
  let folder: string
  let server: { url: string; drop: () => Promise<void> } | undefined
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rill-migrate-'))
    if (kind === 'postgres') server = await createTestServerDatabase()
  })
  afterAll(async () => {
    await server?.drop()
    rmSync(folder, { recursive: true })
  })
  const open = (migrationsFolder = MIGRATIONS) =>
    openDatabase({ dataFolder: join(folder, 'data'), migrationsFolder, onError: () => {}, ...(server && { url: server.url }) })

  test('are applied once, recorded as Prisma does, and then the database is ready', async () => {
    for (const expected of [1, 1]) {
      const db = await open()
      await db.checkReady()
      const rows = await db.query<{ migration_name: string; checksum: string; applied_steps_count: number }>(
        'SELECT * FROM "_prisma_migrations"',
      )
      expect(rows.map((row) => row.migration_name)).toEqual(migrationNames(MIGRATIONS))
      expect(rows.every((row) => /^[0-9a-f]{64}$/.test(row.checksum) && row.applied_steps_count === expected)).toBe(true)
      // So no two instances make it at once, in which one can fail.
      expect(await db.query("SELECT to_regnamespace('pgboss') IS NOT NULL AS is_there")).toEqual([{ is_there: true }])
      await db.close()
    }
  })

  test('a migration that was changed after it was applied is refused, by name', async () => {
    const changed = join(folder, 'changed')
    cpSync(MIGRATIONS, changed, { recursive: true })
    const [name = ''] = migrationNames(changed)
    writeFileSync(join(changed, name, 'migration.sql'), 'SELECT 1')
    await expect(open(changed)).rejects.toThrow(`The migration ${name} was changed after it was applied`)
  })
})

test.runIf(hasServer)('four that start at once on one server apply each migration once', async () => {
  const { url, drop } = await createTestServerDatabase()
  const all = await Promise.all(
    Array.from({ length: 4 }, () => openDatabase({ url, dataFolder: '', migrationsFolder: MIGRATIONS, onError: () => {} })),
  )
  const rows = await all[0]?.query('SELECT * FROM "_prisma_migrations"')
  expect(rows?.length).toBe(migrationNames(MIGRATIONS).length)
  await Promise.all(all.map((db) => db.close()))
  await drop()
})
