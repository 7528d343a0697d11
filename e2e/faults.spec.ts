import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { Client, type Received } from '../bench/lib/client.ts'
import { type RillServer, startRill } from '../bench/lib/server.ts'
import { answerOf, ask, distributed, expect, expectOneEnd, readToEnd, test, until } from './fixtures.ts'

test.describe.configure({ timeout: 180_000 })

test('SIGTERM in mid-answer: the server stops at once, and the reader sees a pause, no error', async ({ startServer, provider }) => {
  const env = { OPENAI_BASE_URL: provider.url }
  const first = await startServer({ env })
  const client = new Client(first.url)
  const { sessionId, received, reading } = await ask(client)
  await until(() => received.length > 20)
  expect(await first.stop('SIGTERM')).toBe(0)
  await startServer({ env, dataFolder: first.dataFolder, port: first.port })
  await reading
  expectOneEnd(received)
  expect(received.some(({ event }) => event.type === 'llm:error')).toBe(false)
  expect(await answerOf(client, sessionId)).toBe(provider.text)
})

test("a page under a name that was rebound to this address is refused, and no page is the scripts' owner", async ({ demo: { url } }) => {
  const sessionId = await new Client(url).createSession('Secret of the owner')
  for (const path of ['/', `/chat/${sessionId}`]) {
    expect((await getWithHost(url + path, 'evil.example')).status).toBe(403)
    const page = await getWithHost(url + path, new URL(url).host)
    expect(page.status).toBe(path === '/' ? 200 : 404)
    expect(page.body).not.toContain('Secret of the owner')
  }
})

test('readers that come and go leave nothing open', async ({ startServer, provider }) => {
  test.skip(process.platform !== 'linux', 'counts the descriptors in /proc')
  const server = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
  const client = new Client(server.url)
  const openFiles = () => readdirSync(`/proc/${server.pid}/fd`).length
  const round = async () => {
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(client, 'Count')))
    await Promise.all(asked.map(({ reading }) => reading))
    for (const { sessionId, received } of asked) {
      await client.read(sessionId, 0, ({ event }) => event.seq === received.at(-1)?.event.seq)
    }
  }
  await round()
  const before = openFiles()
  for (let count = 0; count < 3; count += 1) await round()
  // Connections that are kept alive end after 5 s of silence.
  await until(() => openFiles() <= before, 30_000)
})

test.describe('on PostgreSQL', () => {
  test.describe('that fails, under one server', () => {
    let server: RillServer
    let end = async () => {}
    test.beforeAll(async ({ provider, postgres }) => {
      const dataFolder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
      server = await startRill({ dataFolder, env: distributed(postgres.url, provider.url) })
      end = async () => {
        await server.stop()
        rmSync(dataFolder, { recursive: true })
      }
    })
    // Else it takes the runs of what comes next.
    test.afterAll(() => end())

    test('the database stops for ten seconds in mid-answer: nothing is lost, and the answer goes on', async ({ provider, postgres }) => {
      const client = new Client(server.url)
      const { sessionId, received, reading } = await ask(client)
      await until(() => received.length > 20)
      await postgres.halt()
      const halted = performance.now()
      await until(async () => (await fetch(`${server.url}/api/ready`)).status === 503)
      expect((await fetch(`${server.url}/api/health`)).status).toBe(200)
      await until(() => performance.now() - halted > 10_000)
      await postgres.resume()
      await reading
      expectOneEnd(received)
      expect(await answerOf(client, sessionId)).toBe(provider.text)
    })

    test('connections that are killed, again and again, cost no word', async ({ provider, postgres }) => {
      const client = new Client(server.url)
      const { sessionId, received, reading } = await ask(client)
      for (let count = 1; count <= 5; count += 1) {
        await until(() => received.length > count * 8)
        await killConnections(postgres.url)
      }
      await reading
      expectOneEnd(received)
      expect(await answerOf(client, sessionId)).toBe(provider.text)
    })

    test('a lock that someone holds for five seconds delays, and loses nothing', async ({ provider, postgres }) => {
      const client = new Client(server.url)
      const { sessionId, received, reading } = await ask(client)
      await until(() => received.length > 20)
      const holder = new pg.Client({ connectionString: postgres.url })
      await holder.connect()
      await holder.query('BEGIN; LOCK TABLE events IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(5); COMMIT')
      await holder.end()
      await reading
      expectOneEnd(received)
      expect(await answerOf(client, sessionId)).toBe(provider.text)
    })
  })

  test('two connections carry a hundred readers: none is held while streaming', async ({ startServer, provider, postgres }) => {
    const server = await startServer({ env: { ...distributed(postgres.url, provider.url), RILL_DB_POOL: '2' } })
    const client = new Client(server.url)
    const asked = await Promise.all(Array.from({ length: 20 }, () => ask(client)))
    const readers = asked.map(({ sessionId, received, reading }) => {
      const others = Array.from({ length: 4 }, (): Received[] => [])
      return { sessionId, seen: [received, ...others], reading: [reading, ...others.map((other) => readToEnd(client, sessionId, other))] }
    })
    await Promise.all(readers.flatMap((reader) => reader.reading))
    for (const { sessionId, seen } of readers) {
      for (const one of seen) expectOneEnd(one)
      expect(await answerOf(client, sessionId)).toBe(provider.text)
    }
  })

  test('a database that is down at the start is said, by its address', async ({ startServer, provider }) => {
    const url = 'postgres://postgres:a-password@127.0.0.1:1/postgres'
    const started = startServer({ env: distributed(url, provider.url) })
    await expect(started).rejects.toThrow(/127\.0\.0\.1:1/)
    await expect(started).rejects.not.toThrow(/a-password/)
  })
})

/** As `fetch` does, with any `Host`. */
function getWithHost(url: string, host: string): Promise<{ status: number | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { host } }, async (response) => {
      resolve({ status: response.statusCode, body: await text(response) })
    }).on('error', reject)
  })
}

async function killConnections(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()',
  )
  await client.end()
}
