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
