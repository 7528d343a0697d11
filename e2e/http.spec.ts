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
  '/api/sessions/x/retry': ['POST'],
  '/api/runs/x/cancel': ['POST'],
  '/api/chat/stream': ['POST'],
  '/chat/stream': ['POST'],
  '/api/health': ['GET'],
  '/api/ready': ['GET'],
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
