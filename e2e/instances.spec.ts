import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { emptyState, reduceAll } from '#lib/protocol/index.ts'
import { startBalancer } from '../bench/lib/balancer.ts'
import { Client, type Received } from '../bench/lib/client.ts'
import { reconnectAtRandom } from '../bench/lib/reconnects.ts'
import { startRill } from '../bench/lib/server.ts'
import {
  answerOf,
  answers,
  ask,
  distributed,
  expect,
  expectOneEnd,
  liveAnswer,
  NETWORK_ERRORS,
  readToEnd,
  say,
  test,
  until,
} from './fixtures.ts'
import { makeOtherBuild } from './other-build.ts'
import { startPgBouncer } from './pgbouncer.ts'

test.describe.configure({ timeout: 180_000 })

test('four that start at once are one: migrated once, and readers that change between them miss and repeat nothing', async ({
  startServer,
  provider,
  createDatabase,
}) => {
  const url = await createDatabase()
  const env = distributed(url, provider.url)
  const servers = await Promise.all(Array.from({ length: 4 }, () => startServer({ env })))
  const database = new pg.Client({ connectionString: url })
  await database.connect()
  const { rows } = await database.query('SELECT migration_name, count(*)::int AS times FROM "_prisma_migrations" GROUP BY 1')
  await database.end()
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.every(({ times }) => times === 1)).toBe(true)
  const balancer = await startBalancer(servers.map((server) => server.url))
  const result = await reconnectAtRandom(balancer.url, 1_000)
  await balancer.close()
  expect(result).toMatchObject({ gaps: 0, duplicates: 0, differences: 0 })
  expect(result.reconnects).toBeGreaterThanOrEqual(1_000)
})

test.describe('two instances', () => {
  let here: Client
  let there: Client
  let end = async () => {}
  test.beforeAll(async ({ provider, postgres }) => {
    const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'rill-e2e-')))
    const env = distributed(postgres.url, provider.url)
    const [one, other] = await Promise.all([
      startRill({ dataFolder: folders[0] as string, env }),
      startRill({ dataFolder: folders[1] as string, env }),
    ])
    here = new Client(one.url)
    there = new Client(other.url)
    end = async () => {
      await Promise.all([one.stop(), other.stop()])
      for (const folder of folders) rmSync(folder, { recursive: true })
    }
  })
  // Else they take the runs of what comes next.
  test.afterAll(() => end())

  test('are one: an answer made on one is read, and stopped, on the other', async ({ provider }) => {
    const sessionId = await here.createSession('Faults')
    const { runId } = await here.send(sessionId, 'Count slowly')
    const received: Received[] = []
    const reading = readToEnd(there, sessionId, received)
    await until(() => received.length > 20)
    await there.cancel(runId)
    await reading
    expectOneEnd(received)
    expect(received.at(-1)?.event).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    await until(() => provider.active === 0)
  })

  test('what is done on one instance is seen on the other: rename, delete, and a message that both were given', async ({ provider }) => {
    const sessionId = await here.createSession('First name')
    const received: Received[] = []
    const reading = readToEnd(there, sessionId, received)
    const id = crypto.randomUUID()
    const [one, other] = await Promise.all([here.send(sessionId, 'Count', id), there.send(sessionId, 'Count', id)])
    expect(one).toEqual(other)
    await there.rename(sessionId, 'Second name')
    await reading
    expectOneEnd(received)
    expect(received.filter(({ event }) => event.type === 'message:created')).toHaveLength(1)
    expect((await here.snapshot(sessionId)).session.title).toBe('Second name')
    expect(await answerOf(here, sessionId)).toBe(provider.text)
    const { runId } = await here.send(sessionId, 'Count slowly')
    const rest: Received[] = []
    const followed = there.read(sessionId, received.length, (event) => {
      rest.push(event)
      return event.event.type === 'run:complete'
    })
    await until(() => rest.some(({ event }) => event.type === 'llm:chunk'))
    await there.delete(sessionId)
    await followed
    expect(rest.at(-1)?.event).toMatchObject({ type: 'run:complete', runId, finishReason: 'cancelled' })
    await expect(here.snapshot(sessionId)).rejects.toThrow(/404/)
  })
})

test('behind a pooler that gives each transaction another connection, an answer made on one is read on the other', async ({
  startServer,
  provider,
  createDatabase,
}) => {
  const direct = await createDatabase()
  const pooler = await startPgBouncer(direct)
  test.skip(!pooler, 'There is no PgBouncer here, and none can be had.')
  if (!pooler) return
  const env = distributed(pooler.url, provider.url)
  // One hears the others around the pooler. The other cannot, and looks at the log by itself.
  const [hearing, deaf] = await Promise.all([startServer({ env: { ...env, DATABASE_DIRECT_URL: direct } }), startServer({ env })])
  for (const [writer, reader] of [
    [hearing, deaf],
    [deaf, hearing],
  ] as const) {
    const asked = await Promise.all(
      Array.from({ length: 10 }, async () => {
        const client = new Client(writer.url)
        const sessionId = await client.createSession('Pooled')
        await client.send(sessionId, 'Count')
        const received: Received[] = []
        await readToEnd(new Client(reader.url), sessionId, received)
        return { sessionId, received }
      }),
    )
    for (const { sessionId, received } of asked) {
      expectOneEnd(received)
      expect(await answerOf(new Client(reader.url), sessionId)).toBe(provider.text)
    }
  }
  expect(deaf.output().match(/NOTIFY does not arrive/g)).toHaveLength(1)
  expect(hearing.output()).not.toContain('NOTIFY does not arrive')
  await Promise.all([hearing.stop(), deaf.stop()])
  await pooler.stop()
})

test('an instance that is killed in mid-answer is taken over, and the answer is whole', async ({ startServer, provider, postgres }) => {
  const env = distributed(postgres.url, provider.url)
  const [doomed, heir] = await Promise.all([startServer({ env }), startServer({ env })])
  const reader = new Client(heir.url)
  const sessionId = await reader.createSession('Takeover')
  await new Client(doomed.url).send(sessionId, 'Count slowly')
  const received: Received[] = []
  const reading = readToEnd(reader, sessionId, received)
  await until(() => received.length > 20)
  await doomed.stop('SIGKILL')
  await until(() => received.some(({ event }) => event.type === 'run:started' && event.epoch === 2))
  await reading
  expectOneEnd(received)
  expect(await answerOf(reader, sessionId)).toBe(provider.text)
})

test('a server that is halted for 30 s is taken over, and writes nothing when it wakes', async ({ startServer, provider, postgres }) => {
  const env = distributed(postgres.url, provider.url)
  const zombie = await startServer({ env })
  const { sessionId, received: seen } = await ask(new Client(zombie.url))
  await until(() => seen.length > 20)
  process.kill(zombie.pid, 'SIGSTOP')
  const heir = await startServer({ env })
  const client = new Client(heir.url)
  const halted = performance.now()
  const received: Received[] = []
  await readToEnd(client, sessionId, received)
  await until(() => performance.now() - halted > 30_000, 40_000)
  process.kill(zombie.pid, 'SIGCONT')
  expect((await fetch(`${zombie.url}/api/ready`)).status).toBe(200)
  // What the zombie would write, it writes before this.
  const again = await ask(new Client(zombie.url))
  await again.reading
  const log: Received[] = []
  await readToEnd(client, sessionId, log)
  expect(log.map(({ json }) => json)).toEqual(received.map(({ json }) => json))
  expectOneEnd(log)
  expect(log.slice(0, seen.length)).toEqual(seen)
  expect(await answerOf(client, sessionId)).toBe(provider.text)
  expect((await client.snapshot(sessionId)).cursor).toBe(log.at(-1)?.event.seq)
})

test.describe('a rolling deployment', () => {
  test('what cannot end in time is handed over at once; no reader sees an error, and no word is lost', async ({
    startServer,
    provider,
    postgres,
  }) => {
    const env = { ...distributed(postgres.url, provider.url), RILL_DRAIN_MS: '500' }
    const old = await startServer({ env })
    const balancer = await startBalancer([old.url])
    const client = new Client(balancer.url)
    // However slow the machine is, none ends before the old server is asked to stop.
    const release = provider.hold(10)
    const asked = await Promise.all(Array.from({ length: 50 }, () => ask(client)))
    await until(() => asked.every(({ received }) => received.length > 5))
    // Not before: it would take some of the runs.
    const fresh = await startServer({ env })
    balancer.targets.push(fresh.url)
    const stopping = old.stop('SIGTERM')
    await until(async () => (await fetch(`${old.url}/api/ready`).catch(() => null))?.status !== 200)
    const late = await ask(client)
    expect(await stopping).toBe(0)
    expect(await runsOf(postgres.url, asked), 'let go of, not found dead').toEqual({ kept: 0, released: 50 })
    await until(() => asked.every(({ received }) => received.some(({ event }) => event.type === 'run:started' && event.epoch === 2)))
    release()
    await Promise.all([...asked, late].map(({ reading }) => reading))
    for (const { sessionId, received } of [...asked, late]) {
      expectOneEnd(received)
      expect(received.some(({ event }) => event.type === 'llm:error')).toBe(false)
      expect(await answerOf(client, sessionId)).toBe(provider.text)
      const { session, messages } = await client.snapshot(sessionId)
      const events = received.map(({ event }) => event)
      expect(reduceAll(emptyState(session), events).messages).toEqual(messages)
    }
    await balancer.close()
  })

  test('a step that is nearly done ends where it is, while new work is refused with the time to come back', async ({
    startServer,
    provider,
    postgres,
  }) => {
    const server = await startServer({ env: distributed(postgres.url, provider.url) })
    const client = new Client(server.url)
    const { sessionId, received, reading } = await ask(client)
    await until(() => received.length > 20)
    const stopping = server.stop('SIGTERM')
    await until(async () => (await fetch(`${server.url}/api/ready`)).status === 503)
    const refused = await fetch(`${server.url}/api/sessions/${sessionId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"text":"more"}',
    })
    expect(refused.status).toBe(503)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await fetch(`${server.url}/api/health`)).status).toBe(200)
    await reading
    expect(await stopping).toBe(0)
    expectOneEnd(received)
    expect(received.filter(({ event }) => event.type === 'run:started')).toHaveLength(1)
  })

  test.describe('to another version', () => {
    test.use({ expectedErrors: NETWORK_ERRORS })

    test('a page of the version before goes on, and offers a reload that loses no draft', async ({
      page,
      startServer,
      provider,
      postgres,
    }) => {
      const env = { ...distributed(postgres.url, provider.url), RILL_DRAIN_MS: '0' }
      const folder = makeOtherBuild()
      const [old, fresh] = await Promise.all([startServer({ env }), startServer({ env, folder })])
      const balancer = await startBalancer([old.url])
      await page.goto(balancer.url)
      await say(page, 'Count slowly')
      await expect(liveAnswer(page)).toContainText('w10')
      balancer.targets.push(fresh.url)
      expect(await old.stop('SIGTERM')).toBe(0)
      await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
      const note = page.getByRole('status').filter({ hasText: 'Rill was updated' })
      await expect(note).toBeVisible()
      await say(page, 'Count')
      await expect(answers(page)).toHaveCount(2)
      await page.getByLabel('Message').fill('half a thought')
      const heard = page.waitForResponse(/events\?/)
      await note.getByRole('button', { name: 'Reload' }).click()
      await expect(page.getByLabel('Message')).toBeFocused()
      await expect(page.getByLabel('Message')).toHaveValue('half a thought')
      await expect(answers(page)).toHaveCount(2)
      await heard
      await expect(note).toHaveCount(0)
      await balancer.close()
      rmSync(folder, { recursive: true })
    })
  })
})

/** How the run queue has what was asked: still with the worker that took it first, or given back. */
async function runsOf(url: string, asked: { sessionId: string }[]): Promise<{ kept: number; released: number }> {
  const database = new pg.Client({ connectionString: url })
  await database.connect()
  const { rows } = await database.query(
    `SELECT count(*) FILTER (WHERE job.retry_count = 0 AND job.state = 'active')::int AS kept,
      count(*) FILTER (WHERE job.retry_count > 0 OR job.state = 'retry')::int AS released
    FROM runs JOIN pgboss.job ON job.id = runs.id WHERE runs.session_id = ANY($1)`,
    [asked.map(({ sessionId }) => sessionId)],
  )
  await database.end()
  return rows[0]
}
