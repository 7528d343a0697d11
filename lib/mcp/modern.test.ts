import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JsonValue } from '#lib/protocol/index.ts'
import { createMcpServers, type McpServers } from './index.ts'
import { callTool, testContext } from './testing/context.ts'
import { startModernServer } from './testing/modern-server.ts'

let server: Awaited<ReturnType<typeof startModernServer>>
let servers: McpServers

beforeAll(async () => {
  server = await startModernServer()
  servers = createMcpServers({ servers: { modern: { url: `${server.url}/mcp` } }, timing: { idleMs: 100 } })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
})

afterAll(async () => {
  await servers.stop()
  await server.close()
})

const call = (name: string, input: { [key: string]: JsonValue } = {}, context = testContext()) =>
  callTool(servers.tools(), `modern__${name}`, input, context)

test('a call', async () => {
  expect(servers.status()).toMatchObject([{ status: 'ready', server: { name: 'modern', version: '1' }, tools: 4 }])
  expect(await call('echo', { message: 'hé' })).toBe('hé')
})

test('a question in mid-call is answered by the user', async () => {
  const context = testContext({ answer: { approved: true, content: { name: 'Ada' } } })
  expect(await call('ask', {}, context)).toBe('{"action":"accept","content":{"name":"Ada"}}')
  expect(context.questions).toMatchObject([{ message: 'Who?' }])
  expect(await call('ask')).toBe('{"action":"decline"}')
})

test('a change is followed', async () => {
  expect(await call('change')).toBe('changed')
  await expect.poll(() => servers.tools().find(({ name }) => name === 'modern__echo')?.description, { timeout: 5_000 }).toBe('Another one.')
})

test('a call that is stopped is cancelled at the server', async () => {
  const stop = new AbortController()
  const context = testContext({ signal: stop.signal })
  const outcome = call('hang', {}, context).catch((error: unknown) => error)
  await expect.poll(() => context.progressed, { timeout: 5_000 }).toEqual([{ done: 1, total: 2 }])
  stop.abort(new Error('Stopped.'))
  expect(await outcome).toMatchObject({ message: 'Stopped.' })
  await expect.poll(server.aborted, { timeout: 5_000 }).toBe(1)
})

test('an idle server is asked whether it is there, in the way that it knows', async () => {
  const before = server.requests.length
  await expect.poll(() => server.requests.length, { timeout: 5_000 }).toBeGreaterThan(before + 1)
  expect(servers.status()[0]?.status).toBe('ready')
})
