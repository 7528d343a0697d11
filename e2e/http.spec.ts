import { request as sendRaw } from 'node:http'
import { text } from 'node:stream/consumers'
import { expect, test } from './fixtures.ts'

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
