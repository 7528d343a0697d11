import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { describe, test } from 'vitest'
import { newId } from '#lib/protocol/index.ts'
import { type Database, openDatabase } from '../database.ts'

export interface TestDatabase {
  name: 'embedded' | 'postgres'
  db: Database
  close(): Promise<void>
}

export const MIGRATIONS = join(import.meta.dirname, '..', '..', '..', 'prisma', 'migrations')

/** The databases that a suite runs on. */
export const databaseKinds = ['embedded', 'postgres'] as const

/** True where the tests have a PostgreSQL server. */
export const hasServer = Boolean(process.env.TEST_DATABASE_URL)

const isPostgres = (kind: string): boolean => kind === 'postgres'

/** As `describe.each`; where the tests have no server, suites that need one are skipped, and counted. "%s" is the kind. */
export function describeEach<Kind extends string>(kinds: readonly Kind[], needsServer: (kind: Kind) => boolean = isPostgres) {
  return (name: string, suite: (kind: Kind) => void): void => {
    for (const kind of kinds) describe.skipIf(!hasServer && needsServer(kind))(name.replace('%s', kind), () => suite(kind))
  }
}

/** As `test.each`, likewise. */
export function testEach<Kind extends string>(kinds: readonly Kind[]) {
  return (name: string, body: (kind: Kind) => Promise<void>): void => {
    for (const kind of kinds) test.skipIf(!hasServer && isPostgres(kind))(name.replace('%s', kind), () => body(kind))
  }
}

/** An empty, migrated database of its own. */
export async function openTestDatabase(name: TestDatabase['name']): Promise<TestDatabase> {
  return name === 'embedded' ? openEmbeddedForTest() : openPostgresForTest()
}

/** A user to own what a test makes. */
export async function addTestUser(db: Database): Promise<string> {
  const id = newId()
  await db.query('INSERT INTO users (id, name, email) VALUES ($1, $2, $3)', [id, 'Test', `${id}@test.invalid`])
  return id
}

async function openEmbeddedForTest(): Promise<TestDatabase> {
  const dataFolder = mkdtempSync(join(tmpdir(), 'rill-test-'))
  const db = await openDatabase({ dataFolder, migrationsFolder: MIGRATIONS, onError: failTest })
  return {
    name: 'embedded',
    db,
    async close() {
      await db.close()
      rmSync(dataFolder, { recursive: true })
    },
  }
}

/** An empty database on the tests' PostgreSQL server. */
export async function createTestServerDatabase(): Promise<{ url: string; drop: () => Promise<void> }> {
  const server = process.env.TEST_DATABASE_URL ?? ''
  const name = `rill_test_${newId().replaceAll('-', '')}`
  await administrate(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => administrate(server, `DROP DATABASE ${name} WITH (FORCE)`) }
}

async function openPostgresForTest(): Promise<TestDatabase> {
  const { url, drop } = await createTestServerDatabase()
  const db = await openDatabase({ url, dataFolder: '', migrationsFolder: MIGRATIONS, onError: failTest })
  return {
    name: 'postgres',
    db,
    async close() {
      await db.close()
      await drop()
    },
  }
}

async function administrate(server: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

function failTest(error: Error): void {
  console.error('A connection of the test database broke:', error)
}
