import { request as sendRaw } from 'node:http'
import { text } from 'node:stream/consumers'
import { Client } from '../bench/lib/client.ts'
import { expect, test } from './fixtures.ts'

/** What each path does; its other methods are refused. */
const ROUTES: Record<string, string[]> = {
  '/api/sessions': ['GET', 'POST'],
  '/api/sessions/x': ['DELETE', 'GET', 'PATCH'],
  '/api/sessions/x/events': ['GET'],
  '/api/sessions/x/messages': ['GET', 'POST'],
  '/api/sessions/x/restore': ['POST'],
  '/api/sessions/x/messages/restore': ['POST'],
  '/api/sessions/x/messages/y': ['DELETE'],
  '/api/sessions/x/messages/y/rating': ['PUT'],
  '/api/sessions/x/regenerate': ['POST'],
  '/api/sessions/x/branch': ['POST'],
  '/api/sessions/x/retry': ['POST'],
  '/api/runs/x/cancel': ['POST'],
  '/api/chat/stream': ['POST'],
  '/chat/stream': ['POST'],
  '/api/health': ['GET'],
  '/api/ready': ['GET'],
  '/api/internal/copy': ['POST'],
  '/api/internal/doctor': ['GET'],
  '/api/internal/doctor/stream': ['GET'],
  '/api/internal/recover': ['GET'],
}

test('a path that cannot be decoded is not found, as JSON or as the page that says so', async ({ rill }) => {
  for (const part of ['%E0%A4%A', '%ff', '%', '%zz', '%00', '%ed%a0%80']) {
    const calls = [
      ['GET', `/api/sessions/${part}`],
      ['DELETE', `/api/sessions/${part}`],
      ['GET', `/api/sessions/${part}/events`],
      ['POST', `/api/runs/${part}/cancel`],
      ['GET', `/api/nothing/${part}`],
    ] as const
    for (const [method, path] of calls) {
      const { status, body } = await send(rill.url, path, method)
      expect(status, `${method} ${path}`).toBe(404)
      expect(JSON.parse(body)).toMatchObject({ error: { code: 'not-found', message: expect.stringMatching(/\.$/) } })
    }
    for (const path of [`/chat/${part}`, `/${part}`, `/${part}/x`]) {
      const { status, headers, body } = await send(rill.url, path)
      expect(status, path).toBe(404)
      expect(headers['content-type']).toContain('text/html')
      expect(body).toContain('There is nothing here')
    }
  }
})

test('a method that a path does not have is refused as JSON, with those that it has', async ({ rill }) => {
  for (const [path, own] of Object.entries(ROUTES)) {
    const allowed = [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].sort().join(', ')
    for (const method of ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].filter((one) => !own.includes(one))) {
      const { status, headers, body } = await send(rill.url, path, method)
      expect(status, `${method} ${path}`).toBe(405)
      expect(headers.allow).toBe(allowed)
      expect(JSON.parse(body)).toEqual({
        error: { code: 'method-not-allowed', message: `There is no ${method} here. Allowed: ${allowed}.` },
      })
    }
    const options = await send(rill.url, path, 'OPTIONS')
    expect(options).toMatchObject({ status: 204, headers: { allow: allowed }, body: '' })
    if (!own.includes('GET')) expect((await send(rill.url, path, 'HEAD')).status).toBe(405)
  }
})

test('HEAD of an event stream ends at once', async ({ rill }) => {
  const sessionId = await new Client(rill.url).createSession('Head')
  const { status, headers, body } = await send(rill.url, `/api/sessions/${sessionId}/events`, 'HEAD')
  expect(status).toBe(200)
  expect(headers['content-type']).toContain('text/event-stream')
  expect(body).toBe('')
})

test("a program written for the reference's own URL: lines as they come, and a second message by the session's id alone", async ({
  rill,
  provider,
}) => {
  const first = await chat(rill.url, { message: 'Count' })
  const sessionId = first.at(-1)?.sessionId ?? ''
  const second = await chat(rill.url, { message: 'Count again', sessionId })
  for (const [events, question] of [
    [first, 'Count'],
    [second, 'Count again'],
  ] as const) {
    const asked = events.find(({ type }) => type === 'message:created')
    expect(asked).toMatchObject({ sessionId, message: { parts: [{ type: 'text', text: question }] } })
    expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'stop' })
    const response = events.find(({ type }) => type === 'llm:response')
    const written = events.map(({ type, content }) => (type === 'llm:chunk' ? content : '')).join('')
    expect(response).toMatchObject({ sessionId, content: written, usage: { totalTokens: expect.any(Number) } })
    expect(written).toBe(provider.text)
  }
  const { messages } = await new Client(rill.url).snapshot(sessionId)
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
})

test("the reference's own URL says what is wrong with a message", async ({ rill }) => {
  const response = await fetch(`${rill.url}/chat/stream`, { method: 'POST', headers: JSON_TYPE, body: '{}' })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ error: { code: 'invalid-request', field: 'message' } })
})

test('a page and an answer of the API carry what keeps other sites out', async ({ rill }) => {
  const page = await fetch(rill.url)
  const api = await fetch(`${rill.url}/api/sessions`)
  for (const { headers } of [page, api]) {
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
    })
    expect(headers.has('x-powered-by')).toBe(false)
  }
  const policy = Object.fromEntries(
    (page.headers.get('content-security-policy') ?? '')
      .split('; ')
      .map((rule) => [rule.split(' ', 1)[0], rule.slice(rule.indexOf(' ') + 1)]),
  )
  const nonce = /'nonce-[\w-]{36}'/.exec(policy['script-src'] ?? '')?.[0] ?? 'none'
  expect(policy).toEqual({
    'default-src': "'self'",
    'script-src': `'self' ${nonce} 'strict-dynamic'`,
    'style-src': `'self' ${nonce}`,
    'img-src': "'self' data:",
    'font-src': "'self'",
    'worker-src': "'self'",
    'connect-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'self'",
    'frame-ancestors': "'none'",
  })
  const scripts = (await page.text()).match(/<script\b[^>]*>/g) ?? []
  expect(scripts.length).toBeGreaterThan(0)
  for (const script of scripts) expect(script).toContain(`nonce="${nonce.slice(7, -1)}"`)
  expect((await fetch(rill.url)).headers.get('content-security-policy')).not.toContain(nonce)
})

const JSON_TYPE = { 'content-type': 'application/json' }

interface Line {
  type: string
  sessionId: string
  content?: string
}

/** Reads an answer as a page over the reference does: line by line, what stands after "data: ". */
async function chat(url: string, body: { message: string; sessionId?: string }): Promise<Line[]> {
  const response = await fetch(`${url}/chat/stream`, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toContain('text/event-stream')
  const events: Line[] = []
  const decoder = new TextDecoder()
  let name = ''
  let rest = ''
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line.startsWith('event: ')) name = line.slice(7)
      if (!line.startsWith('data: ')) continue
      const event = JSON.parse(line.slice(6)) as Line
      expect(event.type).toBe(name)
      events.push(event)
    }
  }
  expect(rest).toBe('')
  return events
}

/** As `fetch` does, which would mend the path. */
function send(url: string, path: string, method = 'GET') {
  return new Promise<{ status: number | undefined; headers: Record<string, unknown>; body: string }>((resolve, reject) => {
    const { hostname, port } = new URL(url)
    sendRaw({ hostname, port, path, method, agent: false }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, body: await text(response) })
    })
      .on('error', reject)
      .end()
  })
}
