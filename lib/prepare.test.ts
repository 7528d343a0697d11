import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestServerDatabase } from '#lib/db/testing/database.ts'

const PROJECT = join(import.meta.dirname, '..')
const SECRET = 'a secret that is made for these tests'

/** As a build runs it, with nothing but what is given. */
async function prepare(env: Record<string, string>): Promise<{ code: number; errors: string }> {
  const child = spawn(process.execPath, ['--conditions=react-server', 'lib/prepare.ts'], {
    cwd: PROJECT,
    env: env as NodeJS.ProcessEnv,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  return { code, errors }
}

test('a build without a database ends and says what is needed', async () => {
  const { code, errors } = await prepare({})
  expect(code).toBe(1)
  expect(errors).toContain('DATABASE_URL is needed here')
})

describe.runIf(process.env.TEST_DATABASE_URL)('with a database (postgres)', () => {
  let database: Awaited<ReturnType<typeof createTestServerDatabase>>
  beforeAll(async () => {
    database = await createTestServerDatabase()
  })
  afterAll(() => database.drop())

  test('a build without a secret ends and says what is needed', async () => {
    const { code, errors } = await prepare({ DATABASE_URL: database.url })
    expect(code).toBe(1)
    expect(errors).toContain('RILL_SECRET is needed')
  })

  test('two builds at once migrate once, and leave the queue ready', async () => {
    const env = { DATABASE_URL: database.url, RILL_SECRET: SECRET }
    expect(await Promise.all([prepare(env), prepare(env)])).toEqual(Array(2).fill({ code: 0, errors: '' }))
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query('SELECT count(*)::int AS times FROM "_prisma_migrations" GROUP BY migration_name')
    expect(rows.length).toBeGreaterThan(1)
    expect(rows.every(({ times }) => times === 1)).toBe(true)
    expect((await client.query("SELECT name FROM pgboss.queue WHERE name = 'runs'")).rows).toHaveLength(1)
    await client.end()
  })
})
