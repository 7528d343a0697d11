import { afterAll, beforeAll, expect, test } from 'vitest'
import { idOf } from '../../bench/fixtures/conversation.ts'
import { fillSession } from '../../bench/fixtures/fill.ts'
import { addTestUser, databaseKinds, describeEach, openTestDatabase, type TestDatabase } from '../db/testing/database.ts'
import { newId } from '../protocol/index.ts'
import { readMessagePage } from './branches.ts'
import { findMessages } from './find.ts'
import { readSnapshot } from './snapshot.ts'

describeEach(databaseKinds)('finding within a session on %s', (kind) => {
  let database: TestDatabase
  const sessionId = newId()
  const other = newId()

  beforeAll(async () => {
    database = await openTestDatabase(kind)
    const userId = await addTestUser(database.db)
    for (const id of [sessionId, other]) await database.db.query('INSERT INTO sessions (id, user_id) VALUES ($1, $2)', [id, userId])
    await fillSession(database.db as never, sessionId, 1_300)
    await fillSession(database.db as never, other, 4)
  })
  afterAll(() => database.close())

  test('messages that say it, newest first, as they are written: marks and the size of letters do not matter', async () => {
    expect(await findMessages(database.db, sessionId, 'question 501:')).toEqual({ messageIds: [idOf(sessionId, 501)], hasMore: false })
    expect((await findMessages(database.db, sessionId, 'answer  12')).messageIds).toEqual(
      [...range(1_298, 1_200), ...range(128, 120), 12].map((number) => idOf(sessionId, number)),
    )
  })

  test('only before a place, when one is given; of very many, the newest', async () => {
    expect((await findMessages(database.db, sessionId, 'question 501:', idOf(sessionId, 500))).messageIds).toEqual([])
    const { messageIds, hasMore } = await findMessages(database.db, sessionId, 'answer')
    expect([messageIds.length, messageIds[0], hasMore]).toEqual([500, idOf(sessionId, 1_300), true])
  })

  test('nothing of another session, of what tools gave, or for no words', async () => {
    for (const text of ['The page did not answer for 30 s.', ' ', '%', '_']) {
      expect((await findMessages(database.db, other, text)).messageIds).toEqual([])
    }
    expect((await findMessages(database.db, other, 'Question 5')).messageIds).toEqual([])
  })

  test('only on the branch that is shown, and nothing that is deleted', async () => {
    const branched = newId()
    const { db } = database
    await db.query('INSERT INTO sessions (id, user_id) SELECT $1, user_id FROM sessions WHERE id = $2', [branched, sessionId])
    await fillSession(db as never, branched, 6)
    const found = async (text: string) => (await findMessages(db, branched, text)).messageIds
    await db.query('UPDATE messages SET deleted_at = now() WHERE id = $1', [idOf(branched, 3)])
    expect(await found('question')).toEqual([5, 1].map((number) => idOf(branched, number)))
    await db.query('UPDATE sessions SET leaf_id = $2 WHERE id = $1', [branched, idOf(branched, 2)])
    expect(await found('question')).toEqual([idOf(branched, 1)])
  })

  test('a generated conversation is one that the page can open, and a page of it is as long as it was asked for', async () => {
    const snapshot = await database.db.transaction((tx) => readSnapshot(tx, sessionId))
    expect([snapshot?.messages.length, snapshot?.hasOlder, snapshot?.cursor]).toEqual([50, true, 1_310])
    expect((await readMessagePage(database.db, sessionId, idOf(sessionId, 1_000), 500)).messages).toHaveLength(500)
  })
})

/** Even numbers downwards. */
function range(from: number, to: number): number[] {
  return Array.from({ length: (from - to) / 2 + 1 }, (_, index) => from - 2 * index)
}
