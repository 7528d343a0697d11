import { afterEach, expect, test, vi } from 'vitest'
import { createMcpServers, createMemoryCredentials, type McpCredentials, type McpServers, type McpServersOptions } from './index.ts'
import { callTool } from './testing/context.ts'
import { startHttpServer } from './testing/http-server.ts'
import { type OAuthServer, type OAuthServerOptions, startOAuthServer } from './testing/oauth-server.ts'
import * as address from './transport/address.ts'

const REDIRECT_URL = 'http://127.0.0.1:3000/api/mcp/callback'
let all: McpServers[] = []
const open: { close(): Promise<void> }[] = []

afterEach(async () => {
  vi.restoreAllMocks()
  for (const servers of all) await servers.stop()
  for (const one of open.splice(0)) await one.close()
  all = []
})

async function serve(options?: OAuthServerOptions): Promise<OAuthServer> {
  const server = await startOAuthServer(options)
  open.push(server)
  return server
}

async function connect(
  url: string,
  credentials: McpCredentials = createMemoryCredentials(),
  report?: McpServersOptions['report'],
): Promise<McpServers> {
  const servers = createMcpServers({
    servers: { far: { url: `${url}/mcp` } },
    credentials,
    redirectUrl: REDIRECT_URL,
    ...(report && { report }),
    timing: { signInPollMs: 50 },
  })
  all.push(servers)
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  return servers
}

const work = (servers: McpServers) => callTool(servers.tools(), 'far__work', {})
const untilReady = (servers: McpServers) => expect.poll(() => servers.status()[0]?.status, { timeout: 10_000 }).toBe('ready')

test('a person signs in, and the server is ready: also after a restart', async () => {
  const server = await serve()
  const credentials = createMemoryCredentials()
  const servers = await connect(server.url, credentials)
  expect(servers.status()[0]).toMatchObject({ status: 'needs-sign-in', error: 'Someone has to sign in to it.' })
  expect(server.requests).not.toContain('POST /register')

  const url = new URL(await servers.signIn('far'))
  expect(url.origin + url.pathname).toBe(`${server.url}/authorize`)
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    client_id: 'client-1',
    redirect_uri: REDIRECT_URL,
    code_challenge_method: 'S256',
    scope: 'work',
    resource: `${server.url}/mcp`,
  })
  expect(await servers.finishSignIn(server.consent(url.href))).toBe('far')
  await untilReady(servers)
  expect(await work(servers)).toBe('done')

  const restarted = await connect(server.url, credentials)
  expect(await work(restarted)).toBe('done')
})

test('a token that has ended is refreshed, once for all calls', async () => {
  const server = await serve()
  const servers = await connect(server.url)
  await servers.finishSignIn(server.consent(await servers.signIn('far')))
  await untilReady(servers)
  server.accept('second')
  expect(await Promise.all([work(servers), work(servers), work(servers)])).toEqual(['done', 'done', 'done'])
  expect(server.requests.filter((one) => one === 'POST /token')).toHaveLength(2)
})

/** Two instances on one store whose refreshes meet: the first to ask is given tokens, the second is refused. */
async function race(order: 'the winner saves first' | 'the loser drops first') {
  const stored = createMemoryCredentials()
  const [bothAsk, saved, dropped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let asking = 0
  const server = await serve({
    async instead({ path, body }) {
      if (path !== '/token' || !body.includes('grant_type=refresh_token')) return false
      asking += 1
      if (asking === 1) {
        await bothAsk.promise
        return false
      }
      bothAsk.resolve()
      if (order === 'the winner saves first') await saved.promise
      return false
    },
  })
  const credentials: McpCredentials = {
    load: stored.load,
    async save(name, data, expected) {
      const isWinner = data?.includes('"refresh-2"') ?? false
      if (isWinner && order === 'the loser drops first') await dropped.promise
      const isSaved = await stored.save(name, data, expected)
      if (isWinner && isSaved) saved.resolve()
      if (asking === 2 && !data?.includes('"access_token"')) dropped.resolve()
      return isSaved
    },
  }
  const one = await connect(server.url, credentials)
  await one.finishSignIn(server.consent(await one.signIn('far')))
  await untilReady(one)
  const two = await connect(server.url, credentials)
  server.accept('second')
  const outcomes = await Promise.allSettled([work(one), work(two)])
  return { server, stored, servers: [one, two], outcomes: outcomes.map((one) => (one.status === 'fulfilled' ? one.value : 'failed')) }
}

test('two instances refresh one token at once: both go on with what the first was given', async () => {
  const { server, stored, outcomes } = await race('the winner saves first')
  expect(outcomes).toEqual(['done', 'done'])
  expect(server.requests.filter((one) => one === 'POST /token')).toHaveLength(3)
  expect(await stored.load('far')).toContain('"refresh-2"')
})

test('two instances refresh one token at once, and the one that is refused is the first to write: nobody has to sign in', async () => {
  const { stored, servers, outcomes } = await race('the loser drops first')
  expect(outcomes).toContain('done')
  for (const one of servers) await untilReady(one)
  for (const one of servers) expect(await work(one)).toBe('done')
  expect(await stored.load('far')).toContain('"refresh-2"')
})

test('a sign-in that was taken back: the call says so, and somebody signs in again', async () => {
  const server = await serve()
  const servers = await connect(server.url)
  await servers.finishSignIn(server.consent(await servers.signIn('far')))
  await untilReady(servers)
  server.revoke()
  await expect(work(servers)).rejects.toThrow('Someone has to sign in to the MCP server far. Nothing was run.')
  expect(servers.status()[0]).toMatchObject({ status: 'needs-sign-in', tools: 0 })
  await servers.finishSignIn(server.consent(await servers.signIn('far')))
  await untilReady(servers)
  expect(await work(servers)).toBe('done')
})

test('the answer must belong to a sign-in that was begun, and counts once', async () => {
  const server = await serve()
  const servers = await connect(server.url)
  const forged = new URLSearchParams({ code: 'the-code', state: `${Buffer.from('far').toString('base64url')}.guess` })
  await expect(servers.finishSignIn(forged)).rejects.toMatchObject({ code: 'forbidden' })
  await expect(servers.finishSignIn(new URLSearchParams())).rejects.toMatchObject({ code: 'forbidden' })
  const answer = server.consent(await servers.signIn('far'))
  await servers.finishSignIn(answer)
  await expect(servers.finishSignIn(answer)).rejects.toMatchObject({ code: 'forbidden' })
})

test('a sign-in that fails ends none that works, and of two that are begun the last can be ended', async () => {
  const server = await serve()
  const servers = await connect(server.url)
  const begun = await Promise.all([servers.signIn('far'), servers.signIn('far')])
  const [one, two] = begun.map((address) => new URL(address))
  expect(one?.searchParams.get('state')).not.toBe(two?.searchParams.get('state'))
  await servers.finishSignIn(server.consent(begun[1] as string))
  await untilReady(servers)
  const again = new URL(await servers.signIn('far'))
  const forged = new URLSearchParams({ state: again.searchParams.get('state') ?? '', code: 'made-up' })
  await expect(servers.finishSignIn(forged)).rejects.toThrow()
  expect(await work(servers)).toBe('done')
})

test('a person who says no', async () => {
  const server = await serve()
  const servers = await connect(server.url)
  const state = server.consent(await servers.signIn('far')).get('state') ?? ''
  const refused = new URLSearchParams({ error: 'access_denied', state })
  await expect(servers.finishSignIn(refused)).rejects.toMatchObject({
    code: 'forbidden',
    message: 'The sign-in was refused: access_denied.',
  })
})

test('a sign-in that another instance ended is taken over', async () => {
  const server = await serve()
  const credentials = createMemoryCredentials()
  const [one, two] = [await connect(server.url, credentials), await connect(server.url, credentials)]
  const answer = server.consent(await one.signIn('far'))
  await two.finishSignIn(answer)
  await untilReady(two)
  await expect.poll(() => one.status()[0]?.status, { timeout: 20_000 }).toBe('ready')
})

test('a sign-in that cannot be read is reported', async () => {
  const server = await serve()
  const stored = createMemoryCredentials()
  let isAway = false
  const load: McpCredentials['load'] = async (name) => {
    if (isAway) throw new Error('The database is away.')
    return stored.load(name)
  }
  const told: string[] = []
  await connect(server.url, { ...stored, load }, (name, problem) => told.push(`${name}: ${problem}`))
  isAway = true
  await expect.poll(() => told).toContain('far: Its sign-in cannot be read: The database is away.')
})

test('tokens do not go to another server of the same name', async () => {
  const server = await serve()
  const credentials = createMemoryCredentials()
  const servers = await connect(server.url, credentials)
  await servers.finishSignIn(server.consent(await servers.signIn('far')))
  const seen: unknown[] = []
  const other = await serve({
    instead: ({ headers }) => {
      seen.push(headers.authorization)
      return false
    },
  })
  await connect(other.url, credentials)
  expect(seen.every((one) => one === undefined)).toBe(true)
})

const evil = (change: (honest: Record<string, unknown>) => Record<string, unknown>): OAuthServerOptions => ({ metadata: change })

test.each<[string, OAuthServerOptions]>([
  ['an authorization address that runs code', evil((m) => ({ ...m, authorization_endpoint: 'javascript:alert(1)' }))],
  ['an authorization address that is a file', evil((m) => ({ ...m, authorization_endpoint: 'file:///etc/passwd' }))],
  ['an authorization address without https', evil((m) => ({ ...m, authorization_endpoint: 'http://example.org/authorize' }))],
  ['a registration address of another scheme', evil((m) => ({ ...m, registration_endpoint: 'file:///tmp/x' }))],
  ['no PKCE', evil((m) => ({ ...m, code_challenge_methods_supported: ['plain'] }))],
  ['another issuer', evil((m) => ({ ...m, issuer: 'https://example.org' }))],
  ['an authorization server of another scheme', { resource: (r) => ({ ...r, authorization_servers: ['ftp://example.org'] }) }],
  ['a resource that is not this server', { resource: (r) => ({ ...r, resource: 'https://example.org/mcp' }) }],
  [
    'metadata that are elsewhere, by a redirect',
    {
      instead: ({ path, response }) => {
        if (!path.startsWith('/.well-known/oauth-authorization-server')) return false
        response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end()
        return true
      },
    },
  ],
  [
    'metadata without end',
    {
      instead: ({ path, response }) => {
        if (!path.startsWith('/.well-known/oauth-authorization-server')) return false
        response.writeHead(200, { 'content-type': 'application/json' }).end(`{"issuer":"${'x'.repeat(11_000_000)}"}`)
        return true
      },
    },
  ],
])('hostile metadata: %s', async (_, options) => {
  const server = await serve(options)
  const servers = await connect(server.url)
  const error = await servers.signIn('far').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'AppError', code: expect.stringMatching(/^(forbidden|unavailable)$/) })
  expect(servers.status()[0]?.status).toBe('needs-sign-in')
})

test('a token address of another scheme is not sent the code', async () => {
  const server = await serve(evil((m) => ({ ...m, token_endpoint: 'ftp://example.org/token' })))
  const servers = await connect(server.url)
  await expect(servers.finishSignIn(server.consent(await servers.signIn('far')))).rejects.toMatchObject({ code: 'unavailable' })
  expect(server.requests).not.toContain('POST /token')
})

test('a server on a public address does not lead to a private one', async () => {
  const inside = await startHttpServer(({ response }) => void response.end('{}'))
  open.push(inside)
  const server = await serve({ resource: (r) => ({ ...r, authorization_servers: [inside.url] }) })
  vi.spyOn(address, 'isOnPublicAddress').mockResolvedValue(true)
  const servers = await connect(server.url)
  await expect(servers.signIn('far')).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('private one, which is refused'),
  })
  const byName = await serve({ resource: (r) => ({ ...r, authorization_servers: [inside.url.replace('127.0.0.1', 'localhost')] }) })
  await expect((await connect(byName.url)).signIn('far')).rejects.toThrow(/private one, which is refused/)
  expect(inside.requests).toEqual([])
})

test('a program needs no sign-in, and what is not configured has none', async () => {
  const servers = createMcpServers({ servers: { here: { command: 'true' } } })
  all.push(servers)
  await expect(servers.signIn('here')).rejects.toMatchObject({ code: 'invalid-request' })
  await expect(servers.signIn('nobody')).rejects.toMatchObject({ code: 'not-found' })
})
