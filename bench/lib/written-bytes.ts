import pg from 'pg'
import { newId } from '#lib/protocol/index.ts'
import { Client } from './client.ts'
import { startProvider } from './provider.ts'
import { startRill } from './server.ts'

export interface WrittenBytes {
  emptySession: number
  longSession: number
}

const TOKENS = 1_000
const MESSAGES = 1_000

/** What PostgreSQL's log (WAL) grows by for an answer of 1,000 tokens: in an empty session, and in one of 1,000 messages. */
export async function measureWrittenBytes(databaseUrl: string, dataFolder: string): Promise<WrittenBytes> {
  const provider = await startProvider({ deltas: TOKENS, perSecond: 200 })
  const server = await startRill({
    dataFolder,
    env: { DATABASE_URL: databaseUrl, RILL_SECRET: 'bench'.repeat(8), OPENAI_BASE_URL: provider.url },
  })
  const database = new pg.Client({ connectionString: databaseUrl })
  await database.connect()
  try {
    const client = new Client(server.url)
    const measure = async (messages: number) => {
      const sessionId = await client.createSession('Bench')
      await fill(database, sessionId, messages)
      await answer(client, sessionId)
      const before = await position(database)
      await answer(client, sessionId)
      return (await position(database)) - before
    }
    return { emptySession: await measure(0), longSession: await measure(MESSAGES) }
  } finally {
    await database.end()
    await server.stop()
    await provider.close()
  }
}

async function answer(client: Client, sessionId: string): Promise<void> {
  const { cursor, runId } = await client.send(sessionId, 'Go')
  await client.read(sessionId, cursor, ({ event }) => event.type === 'run:complete' && event.runId === runId)
}

async function position(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ bytes: string }>("SELECT (pg_current_wal_insert_lsn() - '0/0')::text AS bytes")
  return Number(rows[0]?.bytes)
}

async function fill(database: pg.Client, sessionId: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const message = {
      id: newId(),
      role: 'user',
      parentId: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      parts: [{ type: 'text', text: `Message ${index}` }],
    }
    await database.query('INSERT INTO messages (id, session_id, role, position, content) VALUES ($1, $2, $3, $4, $5)', [
      message.id,
      sessionId,
      'user',
      -count + index,
      JSON.stringify(message),
    ])
  }
}
