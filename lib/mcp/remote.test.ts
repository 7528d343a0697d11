import { afterEach, expect, test } from 'vitest'
import { createMcpServers, type McpServerConfig, type McpServers, type McpServersOptions } from './index.ts'
import { callTool, testContext } from './testing/context.ts'
import { startEverything } from './testing/everything.ts'
import { answerMcp, type HttpServer, type Received, sendJson, startHttpServer } from './testing/http-server.ts'

let servers: McpServers | undefined
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  await servers?.stop()
  for (const one of open.splice(0)) await one.close()
})

async function serve(answer: (request: Received) => void | Promise<void>): Promise<HttpServer> {
  const server = await startHttpServer(answer)
  open.push(server)
  return server
}

async function connect(config: McpServerConfig, options: Partial<McpServersOptions> = {}): Promise<McpServers> {
  servers = createMcpServers({ servers: { far: config }, ...options })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  return servers
}

const status = () => servers?.status()[0]
const work = () => callTool(servers?.tools() ?? [], 'far__work', {})

test('the configured headers go to the server, and show nowhere', async () => {
  const seen: unknown[] = []
  const { url } = await serve((request) => {
    seen.push(request.headers['x-key'])
    answerMcp(request)
  })
  await connect({ url: `${url}/mcp?key=in-the-url`, headers: { 'X-Key': 'very-secret' } })
  expect(await work()).toBe('done')
  expect(new Set(seen)).toEqual(new Set(['very-secret']))
  expect(JSON.stringify(servers?.status())).not.toMatch(/very-secret|in-the-url/)
})

test('an error that repeats a secret is shown without it', async () => {
  const { url } = await serve(({ body, response }) => {
    const { id } = JSON.parse(body || '{}') as { id?: number }
    sendJson(response, { jsonrpc: '2.0', id, error: { code: -32000, message: 'no access for Bearer very-secret' } })
  })
  await connect({ url, headers: { Authorization: 'Bearer very-secret' } })
  expect(status()).toMatchObject({ status: 'failed', error: expect.stringContaining('[hidden]') })
  expect(JSON.stringify(status())).not.toContain('very-secret')
})

test('headers that the server refuses', async () => {
  const { url } = await serve(({ response }) => sendJson(response, {}, 401))
  await connect({ url, headers: { Authorization: 'Bearer wrong' } })
  expect(status()).toMatchObject({ status: 'failed', error: 'It refused the request (401). Check its headers.' })
})

test('a session that the server has forgotten is begun again, and the call is made in the new one', async () => {
  let session = 1
  const { url, requests } = await serve((request) => {
    const given = request.headers['mcp-session-id']
    if (given !== undefined && given !== `s${session}`) return sendJson(request.response, {}, 404)
    answerMcp(request, `s${session}`)
  })
  await connect({ url })
  expect(await work()).toBe('done')
  session = 2
  expect(await work()).toBe('done')
  expect(status()?.status).toBe('ready')
  expect(requests.length).toBeLessThan(20)
})

test.each([
  ['forgets the session', 404],
  ['wants another token', 401],
  ['breaks', 500],
])('a task was begun, then the server %s: it is not begun again, and its outcome is unknown', async (_, refusal) => {
  let begun = 0
  const { url } = await serve((request) => {
    const { id, method } = JSON.parse(request.body || '{}') as { id?: number; method?: string }
    if (method === 'tools/list') {
      const tools = [{ name: 'work', inputSchema: { type: 'object' }, execution: { taskSupport: 'required' } }]
      return sendJson(request.response, { jsonrpc: '2.0', id, result: { tools } })
    }
    if (method === 'tools/call') {
      begun += 1
      return sendJson(request.response, { jsonrpc: '2.0', id, result: { task: { taskId: 't', status: 'working' } } })
    }
    if (method === 'tasks/get') return sendJson(request.response, {}, refusal)
    answerMcp(request, 's1')
  })
  await connect({ url })
  await expect(work()).rejects.toThrow(/whether it took effect is unknown/)
  expect(begun).toBe(1)
})

test('a server that is killed in mid-call and started again', async () => {
  const started = await startEverything('http')
  await connect(started.config, { timing: { firstBackoffMs: 50, longestBackoffMs: 200 } })
  const context = testContext()
  const call = callTool(servers?.tools() ?? [], 'far__trigger-long-running-operation', { duration: 60, steps: 600 }, context)
  const outcome = call.catch((error: unknown) => error)
  await expect.poll(() => context.progressed.length, { timeout: 10_000 }).toBeGreaterThan(0)
  await started.stop()
  expect(await outcome).toMatchObject({ message: 'The MCP server far ended while it ran; whether it took effect is unknown.' })
  await expect.poll(() => status()?.status, { timeout: 10_000 }).toBe('failed')
  const again = await startEverything('http', started.port)
  await expect.poll(() => status()?.status, { timeout: 10_000 }).toBe('ready')
  expect(await callTool(servers?.tools() ?? [], 'far__echo', { message: 'back' })).toBe('Echo: back')
  await servers?.stop()
  await again.stop()
})

test('nothing answers at the address', async () => {
  const { url, close } = await startHttpServer(() => {})
  await close()
  await connect({ url })
  expect(status()).toMatchObject({ status: 'failed', error: 'Nothing answers at its address.' })
})

test('what is no MCP server', async () => {
  const { url } = await serve(({ response }) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello</h1>'))
  await connect({ url })
  expect(status()?.status).toBe('failed')
})

test.each(['http', 'sse'] as const)('a redirect to another server is refused, and no header goes there (%s)', async (type) => {
  const seen: unknown[] = []
  const other = await serve(({ headers, response }) => {
    seen.push(headers)
    response.writeHead(200).end()
  })
  const { url } = await serve(({ response }) => void response.writeHead(307, { location: other.url }).end())
  await connect({ type, url, headers: { 'X-Key': 'very-secret' } })
  expect(status()).toMatchObject({ status: 'failed', error: expect.stringContaining('redirects to another server') })
  expect(seen).toEqual([])
})

test('a redirect to another scheme is refused', async () => {
  const { url } = await serve(({ response }) => void response.writeHead(307, { location: 'file:///etc/passwd' }).end())
  await connect({ url })
  expect(status()).toMatchObject({ status: 'failed', error: expect.stringContaining('neither http nor https') })
})

test('an answer without end is given up', async () => {
  const { url } = await serve(({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', write)
    }
    write()
  })
  await connect({ url })
  expect(status()).toMatchObject({ status: 'failed', error: expect.stringContaining('more than 10 MB') })
})

test('a server at an address that floods is given up, and tried again later', async () => {
  const { url } = await serve((request) => {
    const { response, method } = request
    if (method !== 'GET') return answerMcp(request, 's1')
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const notification = { jsonrpc: '2.0', method: 'notifications/message', params: { level: 'info', data: 'x' } }
    response.write(`data: ${JSON.stringify(notification)}\n\n`.repeat(11_000))
  })
  await connect({ url }, { timing: { firstBackoffMs: 60_000 } })
  await expect.poll(status, { timeout: 10_000 }).toMatchObject({ status: 'failed', error: 'It sent more than a client can take.' })
})

test('in functions: connected when it is needed, closed at the end of a shift, and connected again', async () => {
  const { url, requests } = await serve((request) => answerMcp(request))
  servers = createMcpServers({ servers: { far: { url } }, isFrozen: true })
  servers.start()
  expect(requests).toEqual([])
  expect(status()?.status).toBe('idle')
  await servers.ready(AbortSignal.timeout(10_000))
  expect(await work()).toBe('done')
  await servers.rest()
  expect(servers.tools()).toEqual([])
  expect(status()?.status).toBe('idle')
  await servers.ready(AbortSignal.timeout(10_000))
  expect(await work()).toBe('done')
})
