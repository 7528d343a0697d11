import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConversationHit, type SearchedSession, searchMessages as searchInMemory } from '#lib/agent/search-messages.ts'
import { addTestUser, databaseKinds, describeEach, openTestDatabase, type TestDatabase } from '#lib/db/testing/database.ts'
import { type AssistantMessage, type Message, newId, type Part, type UserMessage } from '#lib/protocol/index.ts'
import { searchMessages } from './search.ts'

interface Rig {
  /** Each message settled; sessions that are made later changed later. */
  add(title: string | null, messages: Message[], more?: { owner?: 'other'; isDeleted?: boolean; unsettledId?: string }): Promise<string>
  search(sessionId: string, query: string, limit: number): Promise<ConversationHit[]>
  close(): Promise<void>
}

const AT = '2026-11-23T10:00:00.000Z'
const said = (text: string): UserMessage => ({ id: newId(), role: 'user', parentId: null, createdAt: AT, parts: [{ type: 'text', text }] })
const answered = (...parts: Part[]): AssistantMessage => ({
  id: newId(),
  role: 'assistant',
  parentId: null,
  createdAt: AT,
  runId: newId(),
  joints: [],
  provider: 'demo',
  model: 'demo',
  parts,
})
const text = (given: string): Part => ({ type: 'text', text: given })

describeEach(['memory', ...databaseKinds] as const)('search of conversations (%s)', (kind) => {
  let rig: Rig
  let here: string
  beforeAll(async () => {
    rig = kind === 'memory' ? memoryRig() : await sqlRig(kind)
    here = await rig.add('Here', [])
  })
  afterAll(() => rig.close())

  const find = async (query: string, limit = 50) => (await rig.search(here, query, limit)).map(({ excerpt }) => excerpt)

  test('every word must occur in the text of one message, in any case and order', async () => {
    const question = said('Where do Whales sleep?')
    const answer = answered(text('Some **whales**'), { type: 'reasoning', text: 'sharks', startedAt: AT }, text('sleep upright.'))
    const sessionId = await rig.add('The sea', [question, answer])
    const base = { sessionId, title: 'The sea', at: AT }
    expect(await rig.search(here, 'SLEEP  whales', 50)).toEqual([
      { ...base, messageId: answer.id, role: 'assistant', excerpt: 'Some **whales** sleep upright.' },
      { ...base, messageId: question.id, role: 'user', excerpt: 'Where do Whales sleep?' },
    ])
    expect(await find('whales where')).toEqual(['Where do Whales sleep?'])
    expect(await find('whales sharks')).toEqual([])
    for (const nothing of ['', ' \n ', 'type', 'assistant', 'createdAt']) expect(await find(nothing)).toEqual([])
  })

  test('what the user said while it was answered is the user’s, and found', async () => {
    const steer: Part = { type: 'steer', messageId: newId(), text: 'The customer number is K-4711', at: AT }
    const answer = answered(text('Looking it up.'), steer, text('Found.'))
    await rig.add('Customers', [answer])
    expect(await rig.search(here, 'customer K-4711', 50)).toMatchObject([{ messageId: answer.id, role: 'user' }])
    expect(await rig.search(here, 'looking found', 50)).toMatchObject([{ messageId: answer.id, role: 'assistant' }])
  })

  test("newest first, no more than were asked for, and nobody else's", async () => {
    await rig.add(null, [said('zebra one'), said('zebra two')])
    await rig.add('Of someone else', [said('zebra of someone else')], { owner: 'other' })
    await rig.add('Deleted', [said('zebra deleted')], { isDeleted: true })
    await rig.add('Later', [said('zebra three')])
    expect(await find('zebra')).toEqual(['zebra three', 'zebra two', 'zebra one'])
    expect(await find('zebra', 2)).toEqual(['zebra three', 'zebra two'])
    expect(await rig.search(newId(), 'zebra', 50)).toEqual([])
  })

  test('not what waits or is just being answered', async () => {
    const [before, now] = [said('the quokka smiles'), said('what did I say about the quokka?')]
    await rig.add('Now', [before, now], { unsettledId: now.id })
    expect(await find('quokka')).toEqual(['the quokka smiles'])
  })

  test.each([
    ['100%', 'It is 100% sure', 'It is 1000 sure'],
    ['snake_case', 'use snake_case here', 'use snake-case here'],
    [String.raw`c:\temp`, String.raw`in C:\Temp there`, 'in c:temp there'],
    [String.raw`\\server`, String.raw`on \\Server here`, String.raw`on \server here`],
    ['"quoted"', 'he said "Quoted" twice', 'he said quoted'],
    ["o'hara", "by O'Hara", 'by ohara'],
    ['ärger', 'Großer ÄRGER', 'Arger'],
    ['ÄRGERNIS', 'ein Ärgernis', 'ein Argernis'],
    ['привет', 'Привет, мир', 'пока'],
    ['東京', '私は東京に住む', '京都'],
    ['👩‍👩‍👧‍👦', 'family 👩‍👩‍👧‍👦 here', 'family 👩'],
    ['nul\0', 'nul\uFFFD here', 'nul here'],
  ])('%s is found as it is', async (query, hit, other) => {
    await rig.add('Signs', [said(hit), said(other)])
    expect(await find(query)).toEqual([hit])
  })

  test('an excerpt has 200 characters around the first hit, well-formed', async () => {
    await rig.add('Long', [said(`${'before '.repeat(100)}giraffe\n\n${'after '.repeat(100)}`)])
    await rig.add('Pairs', [said(`${'😀'.repeat(201)}okapi${'😀'.repeat(200)}`)])
    await rig.add('End', [said(`${'before '.repeat(100)}platypus`)])
    for (const word of ['giraffe', 'okapi', 'platypus']) {
      const [excerpt = ''] = await find(word)
      expect(excerpt).toContain(word)
      expect(excerpt.length).toBeGreaterThan(150)
      expect(excerpt.length).toBeLessThanOrEqual(200)
      expect(excerpt.isWellFormed()).toBe(true)
      expect(excerpt).toMatch(/^….*[^\n]$/u)
    }
    expect((await find('giraffe'))[0]).toMatch(/giraffe after/)
  })

  test('a long query is cut, not refused', async () => {
    expect(await find(`${'x'.repeat(5_000)} ${'y '.repeat(500)}`)).toEqual([])
    expect(await find('%_\\'.repeat(60))).toEqual([])
  })
})

function memoryRig(): Rig {
  const sessions: SearchedSession[] = []
  return {
    async add(title, messages, { owner = 'me', isDeleted = false, unsettledId } = {}) {
      const updatedAt = new Date(Date.parse(AT) + sessions.length).toISOString()
      const info = { id: newId(), title, createdAt: AT, updatedAt }
      if (!isDeleted) sessions.push({ info, ownerId: owner, messages: messages.filter(({ id }) => id !== unsettledId) })
      return info.id
    },
    search: async (sessionId, query, limit) => searchInMemory(sessions, { sessionId, query, limit }),
    close: async () => {},
  }
}

async function sqlRig(kind: TestDatabase['name']): Promise<Rig> {
  const { db, close } = await openTestDatabase(kind)
  const owners = { me: await addTestUser(db), other: await addTestUser(db) }
  let count = 0
  return {
    async add(title, messages, { owner, isDeleted = false, unsettledId } = {}) {
      const sessionId = newId()
      count += 1
      await db.query(
        "INSERT INTO sessions (id, user_id, title, updated_at, deleted_at) VALUES ($1, $2, $3, now() + $4 * interval '1 ms', CASE WHEN $5 THEN now() END)",
        [sessionId, owners[owner ?? 'me'], title, count, isDeleted],
      )
      for (const [index, message] of messages.entries())
        await db.query('INSERT INTO messages (id, session_id, role, position, content) VALUES ($1, $2, $3, $4, $5::text::json)', [
          message.id,
          sessionId,
          message.role,
          index,
          JSON.stringify(message),
        ])
      if (unsettledId !== undefined)
        await db.query("INSERT INTO runs (id, session_id, message_id, answer_id, status, position) VALUES ($1, $2, $3, $4, 'running', 0)", [
          newId(),
          sessionId,
          unsettledId,
          newId(),
        ])
      return sessionId
    },
    search: (sessionId, query, limit) => searchMessages(db, sessionId, query, limit),
    close,
  }
}
