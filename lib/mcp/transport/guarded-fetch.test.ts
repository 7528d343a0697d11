import { afterEach, expect, test } from 'vitest'
import { type HttpServer, startHttpServer } from '../testing/http-server.ts'
import { createGuardedFetch } from './guarded-fetch.ts'

let server: HttpServer | undefined
afterEach(() => server?.close())

/** Reads a stream of `count` pieces of 100 kB, and says how much came. */
async function read(piece: string, count: number): Promise<number> {
  server = await startHttpServer(async ({ response }) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let sent = 0; sent < count && !response.destroyed; sent += 1) {
      // Cut where it hurts: between CR and LF, too.
      response.write(piece.slice(0, -1))
      await new Promise((resolve) => response.write(piece.slice(-1), resolve))
    }
    response.end()
  })
  const guarded = createGuardedFetch(server.url)
  let length = 0
  for await (const chunk of (await guarded.fetch(server.url)).body ?? []) length += chunk.length
  return length
}

const line = `data: ${'x'.repeat(99_000)}`

test.each(['\n', '\r\n', '\r'])('an event that does not end is given up at 10 MB (%j)', async (end) => {
  await expect(read(line + end, 200)).rejects.toThrow(/more than 10 MB/)
})

test.each(['\n', '\r\n', '\r'])('events that end may be more in all (%j)', async (end) => {
  const piece = line + end + end
  expect(await read(piece, 200)).toBe(piece.length * 200)
})
