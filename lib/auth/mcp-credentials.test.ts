import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestDatabase, type TestDatabase } from '#lib/db/testing/database.ts'
import { createMcpCredentials } from './mcp-credentials.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase('embedded')
})
afterAll(() => database.close())

test('what is kept is read again, under the same secret and the same name only', async () => {
  const { db } = database
  const credentials = createMcpCredentials(db, 'a secret')
  expect(await credentials.load('files')).toBeNull()
  await credentials.save('files', '{"token":"é"}')
  await credentials.save('files', '{"token":"second"}')
  expect(await credentials.load('files')).toBe('{"token":"second"}')
  const [row] = await db.query<{ data: string }>('SELECT data FROM mcp_credentials')
  expect(Buffer.from(row?.data ?? '', 'base64').toString('latin1')).not.toContain('second')
  expect(await createMcpCredentials(db, 'another secret').load('files')).toBeNull()
  await db.query('UPDATE mcp_credentials SET server = $1', ['other'])
  expect(await credentials.load('other')).toBeNull()
  await credentials.save('other', null)
  expect(await db.query('SELECT 1 FROM mcp_credentials')).toEqual([])
})

test('what somebody else saved meanwhile is not overwritten', async () => {
  const { db } = database
  const credentials = createMcpCredentials(db, 'a secret')
  expect(await credentials.save('races', 'one', 'other')).toBe(false)
  expect(await credentials.save('races', 'one', null)).toBe(true)
  expect(await credentials.save('races', 'two', null)).toBe(false)
  const both = await Promise.all([credentials.save('races', 'two', 'one'), credentials.save('races', 'three', 'one')])
  expect(both.filter(Boolean)).toHaveLength(1)
  expect(await credentials.load('races')).toBe(both[0] ? 'two' : 'three')
  // Of another secret, which nobody can read: it is replaced.
  expect(await createMcpCredentials(db, 'another secret').save('races', 'four', null)).toBe(true)
  await credentials.save('races', null)
})
