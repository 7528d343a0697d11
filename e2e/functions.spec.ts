import pg from 'pg'
import { Client, type Received } from '../bench/lib/client.ts'
import {
  answerOf,
  answers,
  ask,
  test as base,
  distributed,
  expect,
  expectOneEnd,
  NETWORK_ERRORS,
  readToEnd,
  say,
  until,
} from './fixtures.ts'
import { type FunctionPlatform, startFunctionPlatform } from './function-platform.ts'

const CRON_SECRET = 'a secret of the scheduler in these tests'

const test = base.extend<{ startPlatform: (maxDurationS: number, isReused?: boolean) => Promise<FunctionPlatform> }>({
  startPlatform: async ({ provider, createDatabase, context }, use) => {
    const platforms: FunctionPlatform[] = []
    await use(async (maxDurationS, isReused = false) => {
      const env = {
        ...distributed(await createDatabase(), provider.url),
        CRON_SECRET,
        RILL_FUNCTION_SECONDS: String(maxDurationS),
      }
      const platform = await startFunctionPlatform({ env, maxDurationS, isReused })
      platforms.push(platform)
      return platform
    })
    await Promise.all(context.pages().map((page) => page.close()))
    for (const platform of platforms) await platform.close()
  },
})

test.describe.configure({ timeout: 180_000 })

test('an answer is completed after the reader left, by the function that took the message', async ({ startPlatform, provider }) => {
  const platform = await startPlatform(30)
  const client = new Client(platform.url)
  const sessionId = await client.createSession('Functions')
  await client.send(sessionId, 'Count')
  // No function but the one that was asked: it is frozen only when the answer is stored.
  await until(() => platform.counts.frozen === platform.counts.started)
  expect(provider.active).toBe(0)
  expect(await answerOf(client, sessionId)).toBe(provider.text)
  const received: Received[] = []
  await readToEnd(client, sessionId, received)
  expectOneEnd(received)
  expect(platform.counts.killed).toBe(0)
})

test("a function that is killed in mid-answer is followed by the reader's", async ({ startPlatform, provider }) => {
  const platform = await startPlatform(60)
  const client = new Client(platform.url)
  const { sessionId, received, reading } = await ask(client)
  await until(() => received.length > 20)
  platform.kill()
  await reading
  expectOneEnd(received)
  expect(received.filter(({ event }) => event.type === 'run:started').length).toBe(2)
  expect(await answerOf(client, sessionId)).toBe(provider.text)
})

test('what a function cannot finish in its time is handed over, and streams end before they are cut', async ({
  startPlatform,
  provider,
}) => {
  const platform = await startPlatform(12)
  const client = new Client(platform.url)
  const sessionId = await client.createSession('Functions')
  await client.send(sessionId, 'Count slowly')
  const second = await client.send(sessionId, 'Count slowly again')
  const received: Received[] = []
  const isDone = () => received.some(({ event }) => event.type === 'run:complete' && event.runId === second.runId)
  while (!isDone()) {
    await client
      .read(sessionId, received.at(-1)?.event.seq ?? 0, (one) => {
        received.push(one)
        return isDone()
      })
      .catch((error: Error) => expect(error.message).toBe('The stream ended.'))
  }
  expect(received.map(({ event }) => event.seq)).toEqual(received.map((_, index) => index + 1))
  const { messages } = await client.snapshot(sessionId)
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  expect(messages[3]).toMatchObject({ finishReason: 'stop', parts: [{ text: provider.text }] })
  expect(received.some(({ event }) => event.type === 'run:started' && event.epoch > 1)).toBe(true)
  await until(() => platform.counts.frozen === platform.counts.started)
  expect(platform.counts.killed).toBe(0)
})

test('a poll ends before its function does, with what there is', async ({ startPlatform }) => {
  const platform = await startPlatform(12)
  const client = new Client(platform.url)
  const sessionId = await client.createSession('Functions')
  const { cursor } = await client.snapshot(sessionId)
  const response = await fetch(`${platform.url}/api/sessions/${sessionId}/events?after=${cursor}&wait=20000`)
  expect([response.status, await response.text()]).toEqual([200, ''])
  await until(() => platform.counts.frozen === platform.counts.started)
  expect(platform.counts.killed).toBe(0)
})

test('an answer that no function can finish ends with what was written', async ({ startPlatform, provider }) => {
  const platform = await startPlatform(9)
  const client = new Client(platform.url)
  const { sessionId, received, reading } = await ask(client)
  await reading
  expect(received.at(-1)?.event).toMatchObject({ type: 'run:complete', finishReason: 'max-steps' })
  const answer = await answerOf(client, sessionId)
  expect(answer.length).toBeGreaterThan(20)
  expect(provider.text.startsWith(answer)).toBe(true)
})

test('a run that was left is taken up by the scheduler, who alone may', async ({ startPlatform, provider }) => {
  const platform = await startPlatform(60)
  const client = new Client(platform.url)
  const sessionId = await client.createSession('Functions')
  // However slow the machine is, it does not end before it is looked at.
  const release = provider.hold(10)
  await client.send(sessionId, 'Count slowly')
  await until(() => provider.active === 1)
  platform.kill()
  const recover = (secret: string) => fetch(`${platform.url}/api/internal/recover`, { headers: { authorization: `Bearer ${secret}` } })
  expect((await recover('another')).status).toBe(404)
  await until(async () => {
    expect(await (await recover(CRON_SECRET)).json()).toEqual({ openRuns: 1 })
    return provider.active === 1
  })
  release()
  await until(async () => (await answerOf(client, sessionId)) === provider.text)
})

test('Stop reaches the function that writes', async ({ startPlatform, provider }) => {
  const platform = await startPlatform(60)
  const client = new Client(platform.url)
  const sessionId = await client.createSession('Functions')
  const { runId } = await client.send(sessionId, 'Count slowly')
  await until(() => provider.active === 1)
  await client.cancel(runId)
  await until(() => provider.active === 0)
  const received: Received[] = []
  await readToEnd(client, sessionId, received)
  expect(received.at(-1)?.event).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
})

test('a function that is frozen holds no connection, whatever it served', async ({ startPlatform, postgres }) => {
  const platform = await startPlatform(30, true)
  const database = new pg.Client({ connectionString: postgres.url })
  await database.connect()
  const open = async () => {
    const { rows } = await database.query("SELECT count(*)::int AS open FROM pg_stat_activity WHERE application_name = 'rill'")
    return rows[0].open
  }
  const requests: [path: string, status: number, headers?: Record<string, string>][] = [
    ['/', 200],
    ['/api/ready', 200],
    ['/api/health', 200],
    ['/api/sessions', 200],
    ['/api/sessions', 403, { origin: 'https://evil.example' }],
    ['/api/internal/recover', 404, { authorization: 'Bearer wrong' }],
    ['/api/internal/doctor', 404],
  ]
  for (const [path, status, headers = {}] of requests) {
    expect((await fetch(platform.url + path, { headers })).status, path).toBe(status)
    await until(() => platform.counts.frozen > 0 && platform.isQuiet())
    // The server may see a moment later that it was closed. What a frozen process holds stays.
    await expect.poll(open, { message: path }).toBe(0)
  }
  await database.end()
})

test.describe('in the browser', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })

  test('functions that thaw serve the page: sent, streamed, reloaded in mid-answer, and asked again', async ({
    page,
    startPlatform,
    provider,
  }) => {
    const platform = await startPlatform(20, true)
    await page.goto(platform.url)
    await say(page, 'Count slowly')
    await expect(page.getByText('w20 ')).toBeVisible({ timeout: 30_000 })
    await page.reload()
    await expect(answers(page)).toContainText(provider.text.trim(), { timeout: 30_000 })
    await say(page, 'Count')
    await expect(answers(page)).toHaveCount(2, { timeout: 30_000 })
    await expect(answers(page).last()).toContainText(provider.text.trim())
    expect(platform.counts.killed).toBe(0)
  })
})
