import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readConfig } from '#lib/config.ts'
import type { McpServerStatus } from '#lib/mcp/index.ts'
import { everythingOverStdio } from '#lib/mcp/testing/everything.ts'
import { type OAuthServer, startOAuthServer } from '#lib/mcp/testing/oauth-server.ts'
import { openRuntime, type Runtime } from '#lib/runtime.ts'
import { browser, call, shared } from '../testing/client.ts'
import * as signIn from './[name]/sign-in/route.ts'
import * as callback from './callback/route.ts'
import * as mcp from './route.ts'

const folder = mkdtempSync(join(tmpdir(), 'rill-mcp-api-'))
const led = { 'sec-fetch-site': 'cross-site' }
let oauth: OAuthServer
let runtime: Runtime

beforeAll(async () => {
  oauth = await startOAuthServer()
  const path = join(folder, 'mcp.json')
  const everything = { ...everythingOverStdio, env: { KEY: 'very-secret' } }
  const far = { url: `${oauth.url}/mcp`, headers: { 'X-Key': 'very-secret' } }
  writeFileSync(path, JSON.stringify({ mcpServers: { everything, far } }))
  runtime = await openRuntime(readConfig({ HOST: '127.0.0.1', RILL_DATA_DIR: join(folder, 'data'), RILL_CONFIG: path }))
  shared.rillRuntime = Promise.resolve(runtime)
})

afterAll(async () => {
  shared.rillRuntime = undefined
  await runtime.stop()
  await oauth.close()
  rmSync(folder, { recursive: true })
})

const list = async () => {
  const text = await (await call(mcp.GET, '/api/mcp', { headers: browser })).text()
  return { text, servers: (JSON.parse(text) as { servers: McpServerStatus[] }).servers }
}
const begin = (name: string, headers: Record<string, string> = browser) =>
  call(signIn.POST, `/api/mcp/${name}/sign-in`, { headers, params: { name }, method: 'POST' })

test('every visitor sees how the servers are, and nothing of their configuration', async () => {
  await runtime.mcp.ready(AbortSignal.timeout(20_000))
  const { text, servers } = await list()
  expect(servers.map(({ name, transport, status }) => [name, transport, status])).toEqual([
    ['everything', 'stdio', 'ready'],
    ['far', 'http', 'needs-sign-in'],
  ])
  expect(text).not.toMatch(/very-secret|server-everything|KEY|X-Key/)
})

test('a sign-in from its beginning to its end', async () => {
  const begun = await begin('far')
  expect(begun.status).toBe(200)
  const { url } = (await begun.json()) as { url: string }
  const answer = oauth.consent(url)
  const path = `/api/mcp/callback?${answer}`
  const looked = await call(callback.GET, path, { headers: led, method: 'HEAD' })
  expect(looked.status).toBe(303)
  const ended = await call(callback.GET, path, { headers: led })
  expect([ended.status, ended.headers.get('location')]).toEqual([303, '/'])
  await expect.poll(async () => (await list()).servers[1]?.status, { timeout: 10_000 }).toBe('ready')
  const again = await call(callback.GET, path, { headers: led })
  expect([again.status, again.headers.get('location')]).toEqual([303, '/?sign-in=failed'])
  const [row] = await runtime.db.query<{ data: string }>("SELECT data FROM mcp_credentials WHERE server = 'far'")
  expect(Buffer.from(row?.data ?? '', 'base64').toString('latin1')).not.toContain('refresh')
})

test('what cannot be signed in to is said', async () => {
  expect((await begin('nobody')).status).toBe(404)
  expect((await begin('everything')).status).toBe(400)
  expect((await begin('far', led)).status).toBe(403)
  const nothing = await call(callback.GET, '/api/mcp/callback', { headers: led })
  expect([nothing.status, nothing.headers.get('location')]).toEqual([303, '/?sign-in=failed'])
})

test('through a proxy nobody signs in, unless that is switched on', async () => {
  const proxied = { ...browser, 'x-forwarded-for': '203.0.113.7' }
  expect((await begin('far', proxied)).status).toBe(403)
  expect((await call(callback.GET, '/api/mcp/callback?code=x', { headers: { ...led, ...proxied } })).status).toBe(403)
  shared.rillRuntime = Promise.resolve({ ...runtime, config: { ...runtime.config, mcpSignIn: true } } as Runtime)
  expect((await begin('far', proxied)).status).toBe(200)
  shared.rillRuntime = Promise.resolve(runtime)
})

test('where every visitor may sign in, a sign-in ends in the browser that began it', async () => {
  const proxied = { ...browser, 'x-forwarded-for': '203.0.113.7' }
  const config = { ...runtime.config, mcpSignIn: true }
  shared.rillRuntime = Promise.resolve({ ...runtime, config } as Runtime)
  const begun = await begin('far', proxied)
  const [cookie = ''] = begun.headers.getSetCookie().filter((one) => one.startsWith('rill-sign-in-'))
  expect(cookie).toMatch(/; Path=\/api\/mcp\/callback; Max-Age=600; HttpOnly; SameSite=Lax$/)
  const path = `/api/mcp/callback?${oauth.consent(((await begun.json()) as { url: string }).url)}`
  const end = async (headers: Record<string, string>) => {
    const response = await call(callback.GET, path, { headers: { ...led, 'x-forwarded-for': '203.0.113.7', ...headers } })
    return response.headers.get('location')
  }
  expect(await end({})).toBe('/?sign-in=failed')
  expect(await end({ cookie: `${cookie.split('=')[0]}=${'x'.repeat(43)}` })).toBe('/?sign-in=failed')
  expect(await end({ cookie: `other=1; ${cookie.split(';')[0]}` })).toBe('/')
  shared.rillRuntime = Promise.resolve(runtime)
})
