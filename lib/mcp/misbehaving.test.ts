import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fingerprintOf } from '#lib/tools/index.ts'
import { createMcpServers, type McpServerConfig, type McpServers, type McpServersOptions } from './index.ts'
import { callTool, testContext } from './testing/context.ts'
import { everythingOverStdio } from './testing/everything.ts'

const program = join(import.meta.dirname, 'testing/misbehaving.mjs')
let folder: string
let servers: McpServers
let log: string[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rill-mcp-'))
  log = []
})

afterEach(async () => {
  await servers.stop()
  await expect.poll(() => pids().filter(lives), { timeout: 5_000 }).toEqual([])
  rmSync(folder, { recursive: true })
})

const pidsFile = () => join(folder, 'pids')

function pids(): number[] {
  return existsSync(pidsFile()) ? readFileSync(pidsFile(), 'utf8').trim().split('\n').map(Number) : []
}

/** A process that only waits for its parent to take note of its end is gone. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

function server(mode: string, more: Record<string, unknown> & { env?: Record<string, string> } = {}): McpServerConfig {
  return { command: process.execPath, args: [program, mode], ...more, env: { PIDS: pidsFile(), ...more.env } } as McpServerConfig
}

/** Starts a misbehaving server beside one that behaves. */
async function start(mode: string, options: Partial<McpServersOptions> = {}, more: Parameters<typeof server>[1] = {}): Promise<void> {
  servers = createMcpServers({
    servers: { bad: server(mode, more), good: server('good') },
    log: (name, line) => log.push(`${name}: ${line}`),
    ...options,
  })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
}

const bad = () => servers.status()[0]
const until = (status: string) => expect.poll(() => bad()?.status, { timeout: 10_000, interval: 20 }).toBe(status)
const work = (context = testContext()) => callTool(servers.tools(), 'bad__work', {}, context)
const goodStillWorks = async () => expect(await callTool(servers.tools(), 'good__work', {})).toBe('done by good')

test('exits at start: failed, with when it is tried again, and tried again', async () => {
  await start('exits-at-start', { timing: { firstBackoffMs: 50, longestBackoffMs: 100 } })
  await expect.poll(() => pids().length, { timeout: 10_000 }).toBeGreaterThan(3)
  await until('failed')
  expect(bad()).toMatchObject({ error: 'It ended with exit code 3.', nextAttemptAt: expect.any(String), tools: 0 })
  await goodStillWorks()
})

test('a command that is not there', async () => {
  await start('x', {}, { command: '/nowhere/program' })
  expect(bad()).toMatchObject({ status: 'failed', error: 'Its command, or the folder to run it in, was not found.' })
})

test('exits in mid-call: the call says that its outcome is unknown, and the server comes back', async () => {
  await start('exits-in-call', { timing: { firstBackoffMs: 50 } })
  await expect(work()).rejects.toThrow('The MCP server bad ended while it ran; whether it took effect is unknown.')
  await until('ready')
  await goodStillWorks()
})

test('noise on stdout is noted and passed over; what is printed shows no secret', async () => {
  await start('noise', {}, { env: { TOKEN: 'very-secret-token' } })
  expect(await work()).toBe('done by noise')
  expect(log).toContain('bad: [stdout] Welcome!')
  expect(log).toContain('bad: token is [hidden]')
})

test('never ends a line: killed at 10 MB', async () => {
  const before = process.memoryUsage.rss()
  await start('never-ends-a-line', { timing: { firstBackoffMs: 60_000 } })
  await until('failed')
  expect(bad()?.error).toBe('It sent a line of more than 10 MB.')
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000)
  await goodStillWorks()
})

test('floods: killed', async () => {
  await start('floods', { timing: { firstBackoffMs: 60_000 } })
  await until('failed')
  expect(bad()?.error).toBe('It sent more than a client can take.')
  await goodStillWorks()
})

test('says nothing at start: given up after the deadline', async () => {
  await start('says-nothing', { timing: { connectMs: 3_000, firstBackoffMs: 60_000 } })
  expect(bad()).toMatchObject({ status: 'failed', error: 'It did not answer within 3 s.' })
  await goodStillWorks()
})

test('hangs in a call: ended after the silence that is allowed', async () => {
  await start('hangs', {}, { timeoutMs: 1_000 })
  await expect(work()).rejects.toThrow('The tool said nothing for 1 s, and was stopped. Whether it took effect is unknown.')
  await goodStillWorks()
})

test('a call that is stopped is cancelled at the server', async () => {
  await start('hangs')
  const stop = new AbortController()
  const outcome = work(testContext({ signal: stop.signal })).catch((error: unknown) => error)
  await expect.poll(() => log).toContain('bad: called')
  stop.abort(new Error('Stopped.'))
  expect(await outcome).toMatchObject({ message: 'Stopped.' })
  await expect.poll(() => log.some((line) => line.startsWith('bad: cancelled: '))).toBe(true)
})

test('progress puts the deadline off', async () => {
  servers = createMcpServers({ servers: { everything: { ...everythingOverStdio, timeoutMs: 1_000 } } })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  const input = { duration: 2.4, steps: 6 }
  expect(await callTool(servers.tools(), 'everything__trigger-long-running-operation', input)).toContain('completed')
})

test('no longer answers: found out when it is idle', async () => {
  await start('dies-silently', { timing: { idleMs: 100, pingMs: 200, firstBackoffMs: 60_000 } })
  await expect.poll(() => bad()?.error, { timeout: 15_000 }).toMatch(/^It did not answer/)
  await goodStillWorks()
})

test('slow to start: waited for', async () => {
  await start('slow')
  expect(await work()).toBe('done by slow')
})

test('changes a description and its tools: followed, and of another fingerprint', async () => {
  await start('changes-its-mind')
  const tool = () => servers.tools().find(({ name }) => name === 'bad__work')
  const before = tool()
  expect(await work()).toBe('changed')
  await expect.poll(() => tool()?.description).toBe('Sends all you have elsewhere.')
  expect(servers.tools().map(({ name }) => name)).toContain('bad__more')
  expect(before && fingerprintOf(before)).not.toBe(fingerprintOf(tool() ?? { name: '', description: '', inputSchema: {} }))
})

test('changes while it is being connected: followed', async () => {
  await start('changes-at-once')
  await expect.poll(() => servers.tools().find(({ name }) => name === 'bad__work')?.description).toBe('Changed.')
})

test('knows no ping: what it answers shows that it is there', async () => {
  await start('knows-no-ping', { timing: { idleMs: 50, pingMs: 5_000 } })
  const { since } = bad() ?? {}
  await expect.poll(() => log.filter((line) => line === 'bad: asked').length).toBeGreaterThan(2)
  expect(bad()).toMatchObject({ status: 'ready', since })
})

test('10,000 tools: the first 128 are offered, and the status says so', async () => {
  await start('ten-thousand-tools')
  expect(bad()).toMatchObject({ status: 'ready', tools: 128, notes: ['It has more than 128 tools: the rest is left out.'] })
})

test('hostile descriptions and schemas: cut, left out or passed over, and every tool can be called', async () => {
  await start('hostile')
  const tools = servers.tools().filter(({ name }) => name.startsWith('bad__'))
  expect(tools).toHaveLength(9)
  for (const { name, description, inputSchema } of tools) {
    expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
    expect(description.length).toBeLessThanOrEqual(8_000)
    expect(JSON.stringify(inputSchema).length).toBeLessThanOrEqual(100_000)
    expect(inputSchema.type).toBe('object')
  }
  expect(bad()?.notes).toEqual([
    '2 of its tools are not described as a tool must be, and left out.',
    'The description of "giant" is cut at 8000 characters.',
    'The schema of "deep" is no JSON Schema that models can be given: any arguments are passed on.',
    'The schema of "big" is longer than 100 kB: any arguments are passed on.',
    'The schema of "no-object" is not that of an object: any arguments are passed on.',
    'The schema of "nowhere" is no JSON Schema that models can be given: any arguments are passed on.',
    'It has two tools named "work": the first is taken.',
  ])
  const slow = `${'a'.repeat(40)}!`
  expect(await callTool(tools, 'bad__slow-pattern', { s: slow })).toBe('done by hostile')
  expect(await callTool(tools, 'bad__nowhere', { any: 1 })).toBe('done by hostile')
  expect(() => tools.find(({ name }) => name === 'bad__work')?.parse({ n: 'x' })).toThrow(/n: /)
})

test('two servers with one tool name: each is called by its own', async () => {
  servers = createMcpServers({ servers: { a: server('plain', { env: { NAME: 'a' } }), b: server('plain', { env: { NAME: 'b' } }) } })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  expect(await callTool(servers.tools(), 'a__work', {})).toBe('done by a')
  expect(await callTool(servers.tools(), 'b__work', {})).toBe('done by b')
})

test('ignores SIGTERM, and so does what it started: none of them stays', async () => {
  await start('ignores-sigterm')
  expect(await work()).toBe('done by ignores-sigterm')
  await expect.poll(() => pids().length).toBe(3)
  await servers.stop()
  await expect.poll(() => pids().filter(lives), { timeout: 5_000 }).toEqual([])
})

test('stopped while it is being connected: nothing stays', async () => {
  servers = createMcpServers({ servers: { bad: server('says-nothing') } })
  servers.start()
  await expect.poll(() => pids().length).toBe(1)
  await servers.stop()
})

test('asks when nobody has called: declined', async () => {
  await start('asks-unasked')
  await expect.poll(() => servers.tools().find(({ name }) => name === 'bad__work')?.description).toBe('{"action":"decline"}')
})

test('asks by an address, or for a model: refused with a reason', async () => {
  await start('asks-by-address')
  expect(await work()).toContain('URL-mode elicitation')
  await servers.stop()
  await start('asks-for-sampling')
  expect(await work()).toContain('refused: ')
})

test('gives a question up: nobody is asked any more, and its call goes on', async () => {
  await start('asks-and-gives-up')
  const context = testContext()
  const { promise: givenUp, resolve } = Promise.withResolvers<void>()
  context.ask = async ({ signal }) => {
    await new Promise((done) => (signal?.aborted ? done(null) : signal?.addEventListener('abort', done)))
    resolve()
    return { approved: false }
  }
  expect(await work(context)).toBe('went on without')
  await givenUp
})

test('asks while two sessions call: declined, for it is not known whom to ask', async () => {
  await start('asks-slowly')
  const asked = testContext({ sessionId: 'one', answer: { approved: true, content: {} } })
  expect(await work(asked)).toBe('accept')
  const [one, two] = await Promise.all(
    ['one', 'two'].map((sessionId) => work(testContext({ sessionId, answer: { approved: true, content: {} } }))),
  )
  expect([one, two]).toEqual(['decline', 'decline'])
})

test('the time that a person takes to answer does not count', async () => {
  await start('asks-slowly', {}, { timeoutMs: 1_000 })
  const context = testContext()
  context.ask = () => new Promise((resolve) => setTimeout(() => resolve({ approved: true, content: {} }), 1_500))
  expect(await work(context)).toBe('accept')
})

test('a failure that the server reports is thrown in its words', async () => {
  await start('hides-an-error')
  await expect(work()).rejects.toThrow('It broke.')
})

test('configured: allowed tools, approvals, disabled', async () => {
  servers = createMcpServers({
    servers: {
      some: server('plain', { tools: ['work', 'gone'], approval: { work: 'ask' } }),
      none: server('plain', { tools: [] }),
      star: server('plain', { approval: { '*': 'deny' } }),
      off: server('plain', { disabled: true }),
    },
  })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  expect(servers.tools().map(({ name, policy }) => [name, policy])).toEqual([
    ['some__work', 'ask'],
    ['star__work', 'deny'],
  ])
  expect(servers.status().map(({ status, notes }) => [status, notes])).toEqual([
    ['ready', ['It has no tool "gone", which the configuration allows.']],
    ['ready', []],
    ['ready', []],
    ['disabled', []],
  ])
})

test('tools that are named as what every object has: their policies are the configured ones', async () => {
  servers = createMcpServers({
    servers: {
      plain: server('named-like-objects'),
      star: server('named-like-objects', { approval: { '*': 'deny' }, tools: ['constructor'] }),
    },
  })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  expect(servers.tools().map(({ name, policy }) => [name, policy])).toEqual([
    ['plain__constructor', 'ask'],
    ['plain__toString', 'ask'],
    ['plain____proto__', 'ask'],
    ['star__constructor', 'deny'],
  ])
})

test('in functions, programs are refused', async () => {
  servers = createMcpServers({ servers: { a: server('plain') }, isFrozen: true })
  servers.start()
  await servers.ready(AbortSignal.timeout(10_000))
  expect(bad()).toMatchObject({ status: 'disabled', error: expect.stringContaining('functions') })
  expect(pids()).toEqual([])
})
