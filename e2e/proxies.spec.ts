import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect, type IncomingHttpHeaders } from 'node:http2'
import { createGunzip } from 'node:zlib'
import type { Page } from '@playwright/test'
import { parseStreamEvent, type RillEvent } from '#lib/protocol/index.ts'
import { createDecoder } from '#lib/sse/decode.ts'
import { Client } from '../bench/lib/client.ts'
import { freePort, type ScriptedProvider } from '../bench/lib/provider.ts'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { ensureDebianProgram, warnWithout } from '../scripts/lib/debian-program.mjs'
import { answers, test as base, expect, liveAnswer, say, until } from './fixtures.ts'
import { look } from './looks.ts'
import { type Nginx, type NginxProgram, startNginx } from './nginx.ts'

const NGINX = { name: 'nginx', packages: [['nginx', 'nginx-light']], versionArgument: '-v' }

interface Fixtures {
  nginxProgram: NginxProgram
  /** Where nginx will listen. */
  port: number
  /** Starts nginx with what stands in its `http { … }`; it is stopped at the end. */
  serve: (http: string) => Promise<Nginx>
}

let found: Promise<NginxProgram | undefined> | undefined

const test = base.extend<Fixtures>({
  // Looked for once, and not as a fixture of the worker: e2e/fixtures.ts says why.
  nginxProgram: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      found ??= ensureDebianProgram(NGINX) as Promise<NginxProgram | undefined>
      const program = await found
      if (!program) warnWithout(NGINX.name)
      test.skip(!program, 'There is no nginx here, and none can be had.')
      if (program) await use(program)
    },
    { timeout: 300_000 },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  port: async ({}, use) => use(await freePort()),
  serve: async ({ nginxProgram, port, context }, use) => {
    const started: Nginx[] = []
    await use(async (http) => {
      const nginx = await startNginx({ program: nginxProgram, port, http })
      started.push(nginx)
      return nginx
    })
    // First the pages: a proxy that goes away under them is an error in their console.
    await Promise.all(context.pages().map((page) => page.close()))
    for (const nginx of started) await nginx.stop()
  },
})

test.describe.configure({ timeout: 120_000 })

const plain = (port: number, target: string, more = '') =>
  `server { listen 127.0.0.1:${port}; location / { proxy_pass ${target}; ${more} } }`

/** What the documents tell people to write, on a free port. */
function documented(port: number, target: string): string {
  const [, snippet = ''] = /```nginx\n(.*?)```/s.exec(readFileSync('docs/deploy.md', 'utf8')) ?? []
  return snippet
    .replace('listen 443', `listen 127.0.0.1:${port}`)
    .replace('chat.example.org;', '127.0.0.1;')
    .replace('/etc/ssl/chat.example.org.pem', 'certificate')
    .replace('/etc/ssl/chat.example.org.key', 'key')
    .replace('http://127.0.0.1:3000', target)
}

const GZIP = 'gzip on; gzip_types text/event-stream *; gzip_proxied any; gzip_min_length 0;'

type Bytes = AsyncIterable<Uint8Array>
type Open = (path: string) => Promise<Bytes>

/**
 * The provider stops in mid-answer: all that it wrote by then has come through, and the stream is open. Then it goes on, to
 * the end, and every event came once.
 */
async function expectOneByOne({ url, provider, open }: { url: string; provider: ScriptedProvider; open: Open }): Promise<void> {
  const client = new Client(url)
  const sessionId = await client.createSession('Proxies')
  const release = provider.hold(10)
  await client.send(sessionId, 'Count')
  const seen: RillEvent[] = []
  const reading = readEvents(await open(`/api/sessions/${sessionId}/events?after=0`), seen)
  await until(() => textIn(seen) === 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9 ')
  expect(seen.some(({ type }) => type === 'run:complete')).toBe(false)
  release()
  await reading
  expect(textIn(seen)).toBe(provider.text)
  expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, index) => index + 1))
}

async function readEvents(bytes: Bytes, seen: RillEvent[]): Promise<void> {
  const decoder = createDecoder()
  for await (const piece of bytes) {
    for (const { data } of decoder.push(piece)) {
      const event = parseStreamEvent(data)
      if (event && event.type !== 'session:reset') seen.push(event)
      if (event?.type === 'run:complete') return
    }
  }
  throw new Error('The stream ended before the answer did.')
}

const textIn = (events: RillEvent[]) => events.map((event) => (event.type === 'llm:chunk' ? event.content : '')).join('')

async function openFetch(url: string, encoding: string | null = null): Promise<Bytes> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-encoding')).toBe(encoding)
  expect(response.headers.get('cache-control')).toBe('no-cache, no-transform')
  return response.body as Bytes
}

/** What a session of HTTP/2 gets from a path, unpacked. */
async function openHttp2(session: ClientHttp2Session, path: string): Promise<Bytes> {
  const stream = session.request({ ':path': path, 'accept-encoding': 'gzip' })
  const [headers] = (await once(stream, 'response')) as [IncomingHttpHeaders]
  expect(headers[':status']).toBe(200)
  expect(headers['content-encoding']).toBe('gzip')
  return stream.pipe(createGunzip())
}

test('events come one by one through nginx as it is', async ({ rill, provider, port, serve }) => {
  await serve(plain(port, rill.url))
  const url = `http://127.0.0.1:${port}`
  await expectOneByOne({ url, provider, open: (path) => openFetch(url + path) })
})

test('gzip for everything holds no event back', async ({ rill, provider, port, serve }) => {
  await serve(GZIP + plain(port, rill.url))
  const url = `http://127.0.0.1:${port}`
  await expectOneByOne({ url, provider, open: (path) => openFetch(url + path, 'gzip') })
})

test('HTTP/2 with gzip, as the documents have it set up, holds no event back, in twenty streams at once', async ({
  rill,
  provider,
  port,
  serve,
}) => {
  const { certificate } = await serve(GZIP + documented(port, rill.url))
  const session = connect(`https://127.0.0.1:${port}`, { ca: certificate })
  const idle = await new Client(rill.url).createSession('Idle')
  const others = Array.from({ length: 20 }, () => session.request({ ':path': `/api/sessions/${idle}/events?after=0` }))
  await Promise.all(others.map((stream) => once(stream, 'response')))
  await expectOneByOne({ url: rill.url, provider, open: (path) => openHttp2(session, path) })
  expect(others.some((stream) => stream.closed)).toBe(false)
  session.destroy()
})

test('a stream in which nothing happens outlives the time that nginx waits: it is 20 s here', async ({ rill, port, serve }) => {
  await serve(plain(port, rill.url, 'proxy_read_timeout 20s;'))
  const client = new Client(`http://127.0.0.1:${port}`)
  const sessionId = await client.createSession('Idle')
  const began = performance.now()
  const seen: RillEvent[] = []
  const reading = client.read(sessionId, 0, ({ event }) => {
    seen.push(event)
    return event.type === 'session:title-updated' && event.title === 'Awake'
  })
  await until(() => performance.now() - began > 22_000)
  await client.rename(sessionId, 'Awake')
  await reading
  expect(seen.at(-1)).toMatchObject({ type: 'session:title-updated', title: 'Awake' })
})

test.describe('in the browser', () => {
  test.use({ ignoreHTTPSErrors: true })

  test('the page works through nginx as the documents have it set up, in more tabs than HTTP/1.1 has connections', async ({
    page,
    provider,
    startServer,
    port,
    serve,
  }) => {
    const url = `https://127.0.0.1:${port}`
    const server = await startServer({ env: { OPENAI_BASE_URL: provider.url, RILL_PUBLIC_URL: url } })
    await serve(documented(port, server.url))
    await page.goto(url)
    expect(await page.evaluate(() => performance.getEntriesByType('navigation').map((entry) => entry.toJSON().nextHopProtocol))).toEqual([
      'h2',
    ])
    await say(page, 'Count')
    await expect(answers(page)).toContainText(provider.text.trim())
    const tabs = [page]
    for (let count = 0; count < 7; count += 1) {
      const tab = await page.context().newPage()
      const streaming = tab.waitForResponse((response) => response.url().includes('/events?after='))
      await tab.goto(page.url())
      await streaming
      tabs.push(tab)
    }
    await say(page, 'Count')
    for (const tab of tabs) await expect(answers(tab)).toHaveCount(2)
  })

  test('where nginx buffers all the same, the page notices, and text still flows', async ({ page, provider, startServer, port, serve }) => {
    const url = `http://127.0.0.1:${port}`
    const server = await startServer({ env: { OPENAI_BASE_URL: provider.url, RILL_PUBLIC_URL: url } })
    const hoard = 'proxy_ignore_headers X-Accel-Buffering; proxy_buffer_size 1m; proxy_buffers 8 1m; proxy_busy_buffers_size 2m;'
    await serve(plain(port, server.url, hoard))
    await page.goto(url)
    await expectGrowing(page, provider, 45_000)
    const note = page.getByText('Updates come in pieces')
    await expect(note).toBeVisible()
    await note.click()
    await expect(page.getByText('Nothing is lost.')).toBeVisible()
    await look(page, 'held-back')
    await page.setViewportSize({ width: 360, height: 720 })
    // The next session, and the page loaded anew, know it at once: no stream is asked for.
    const streams: string[] = []
    page.on('request', (request) => {
      if (/\/events\?after=\d+$/.test(request.url())) streams.push(request.url())
    })
    await page.goto(url)
    await expectGrowing(page, provider, 45_000)
    await expect(note).toBeVisible()
    expect(streams).toEqual([])
  })
})

/** Asks, and sees the answer grow while it is written: each time the provider has stopped, what it wrote by then is there. */
async function expectGrowing(page: Page, provider: ScriptedProvider, timeout: number): Promise<void> {
  const release = provider.hold(20)
  await say(page, 'Count')
  await expect(liveAnswer(page)).toContainText('w19 ', { timeout })
  release()
  const releaseAgain = provider.hold(60)
  // The beginning may have come with the page itself.
  await expect(liveAnswer(page)).toContainText('w59 ', { timeout })
  releaseAgain()
  await expect(answers(page)).toContainText(provider.text.trim())
}
