import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as httpRequest, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createGzip } from 'node:zlib'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Config, readConfig } from '#lib/config.ts'
import { openDatabase } from '#lib/db/database.ts'
import { MIGRATIONS_FOLDER } from '#lib/db/migrate.ts'
import { createTestServerDatabase, hasServer, openTestDatabase, type TestDatabase } from '#lib/db/testing/database.ts'
import { isInternal } from '#lib/http/internal.ts'
import { AppError } from '#lib/protocol/index.ts'
import { startScriptedProvider } from '#lib/providers/testing/scripted-provider.ts'
import { respondWithStream } from '#lib/sse/index.ts'
import { carryOut, examine, type Finding, type Subject, ticks } from './index.ts'
import { tableOf } from './table.ts'

const SECRET = 'a secret that is made for these tests'
const folders: string[] = []
const servers: { close: () => void }[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true })
  for (const server of servers) server.close()
})

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rill-doctor-'))
  folders.push(folder)
  return folder
}

const configOf = (env: Record<string, string>): Config => readConfig({ RILL_DATA_DIR: newFolder(), HOST: '127.0.0.1', ...env })

/** What the doctor finds, by name. */
async function findingsOf(env: Record<string, string>, more: Partial<Subject> = {}): Promise<Record<string, Finding>> {
  const config = configOf(env)
  const findings = await examine({ config, secret: config.secret, openEmbedded: null, isServing: false, ...more })
  return Object.fromEntries(findings.map((finding) => [finding.name, finding]))
}

/** Listens on a free port of this machine until the tests end. */
async function listening(server: Server | ReturnType<typeof createNetServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  servers.push(server)
  return (server.address() as AddressInfo).port
}

test.each([
  [{}, 'http://127.0.0.1:3000'],
  [{ HOST: '0.0.0.0', PORT: '80' }, 'http://127.0.0.1:80'],
  [{ HOST: '::' }, 'http://[::1]:3000'],
  [{ HOST: 'chat.lan' }, 'http://chat.lan:3000'],
])('a server with %o is reached at %s', (env, url) => {
  expect(readConfig(env).ownUrl).toBe(url)
})

test('the table is aligned, and counts', () => {
  const findings: Finding[] = [
    { name: 'a', status: 'ok', found: 'well' },
    { name: 'longer', status: 'failed', found: 'one\ntwo', change: 'Mend it.' },
  ]
  const lines = [
    '  ok       a       well',
    '  failed   longer  one',
    '                   two',
    '                   → Mend it.',
    '',
    '1 ok, 0 warning, 1 failed',
  ]
  expect(tableOf(findings)).toBe(lines.join('\n'))
})

describe('a check', () => {
  test('that takes too long fails, and is told to let go', async () => {
    let signal: AbortSignal | undefined
    const look = (given: AbortSignal) => {
      signal = given
      return new Promise<never>(() => {})
    }
    const finding = await carryOut({ name: 'slow', limitMs: 20, change: 'Wait.', look })
    expect(finding).toEqual({ name: 'slow', status: 'failed', found: 'There was no answer within 0.02 s.', change: 'Wait.' })
    expect(signal?.aborted).toBe(true)
  })

  test('that throws fails with the reason below', async () => {
    const look = () => fetch('http://127.0.0.1:1/').then(() => ({ status: 'ok' as const, found: '' }))
    expect(await carryOut({ name: 'refused', limitMs: 5_000, change: 'Start it.', look })).toMatchObject({
      status: 'failed',
      found: expect.stringMatching(/ECONNREFUSED|bad port/),
    })
  })
})

describe('the embedded database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase('embedded')
  })
  afterAll(() => database.close())
  const openEmbedded = async () => database.db

  test('in order', async () => {
    const found = await findingsOf({}, { openEmbedded })
    expect(found).toMatchObject({
      database: { status: 'ok', found: expect.stringMatching(/embedded PostgreSQL .*version 1\d/) },
      migrations: { status: 'ok' },
      clock: { status: 'ok' },
      listen: { status: 'ok', found: expect.stringContaining('in process') },
      'data folder': { status: 'ok', found: expect.stringContaining('writable') },
      provider: { status: 'ok', found: expect.stringContaining('demo') },
    })
  })

  test('a migration that is missing, and one that a newer version made', async () => {
    const rename = (from: string, to: string) =>
      database.db.query('UPDATE "_prisma_migrations" SET migration_name = $2 WHERE migration_name = $1', [from, to])
    const [first] = await database.db.query<{ name: string }>('SELECT migration_name AS name FROM "_prisma_migrations" ORDER BY 1')
    const name = first?.name ?? ''
    await rename(name, '9999_newer')
    try {
      expect((await findingsOf({}, { openEmbedded })).migrations).toMatchObject({ status: 'warning', found: `missing: ${name}` })
      const { migrations } = await findingsOf({}, { openEmbedded, isServing: true })
      expect(migrations).toMatchObject({ status: 'failed', change: expect.stringContaining('Restart') })
    } finally {
      await rename('9999_newer', name)
    }
    await database.db.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, finished_at) VALUES ('newer', 'x', '9999_newer', now())`,
    )
    const { migrations } = await findingsOf({}, { openEmbedded })
    expect(migrations).toMatchObject({ status: 'warning', found: 'unknown to this version: 9999_newer' })
  })

  test("what Rill's own errors advise is what to change", async () => {
    const taken = new AppError('data-folder-locked', 'The folder is in use. Stop the other one.')
    const { database: found } = await findingsOf({}, { openEmbedded: () => Promise.reject(taken) })
    expect(found).toMatchObject({ status: 'failed', found: 'The folder is in use.', change: 'Stop the other one.' })
  })

  test('one that cannot be opened says why', async () => {
    const { database: found } = await findingsOf({}, { openEmbedded: () => Promise.reject(new Error('The folder is in use.')) })
    expect(found).toMatchObject({ status: 'failed', found: 'The folder is in use.' })
  })

  test('a database that other users of the machine can read', async () => {
    const dataFolder = newFolder()
    const path = join(dataFolder, 'postgres')
    mkdirSync(path, { mode: 0o700 })
    expect((await findingsOf({ RILL_DATA_DIR: dataFolder }))['data folder']).toMatchObject({ status: 'ok' })
    chmodSync(path, 0o755)
    expect((await findingsOf({ RILL_DATA_DIR: dataFolder }))['data folder']).toMatchObject({
      status: 'warning',
      change: `chmod 700 ${path}`,
    })
  })

  test('a folder that nobody can write to', async () => {
    expect((await findingsOf({ RILL_DATA_DIR: '/proc' }))['data folder']).toMatchObject({
      status: 'failed',
      change: expect.stringContaining('RILL_DATA_DIR'),
    })
  })
})

test('a port that refuses', async () => {
  const found = await findingsOf({ DATABASE_URL: 'postgres://someone:sesame@127.0.0.1:1/none', RILL_SECRET: SECRET })
  for (const name of ['database', 'migrations', 'clock', 'listen'])
    expect(found[name]).toMatchObject({ status: 'failed', found: expect.stringContaining('ECONNREFUSED') })
  expect(JSON.stringify(found)).not.toMatch(/sesame|a secret that/)
})

describe.runIf(hasServer)('a PostgreSQL server', () => {
  let server: { url: string; drop: () => Promise<void> }
  let env: Record<string, string>
  beforeAll(async () => {
    server = await createTestServerDatabase()
    const db = await openDatabase({ url: server.url, dataFolder: '', migrationsFolder: MIGRATIONS_FOLDER, onError: console.error })
    await db.close()
    env = { DATABASE_URL: server.url, RILL_SECRET: SECRET }
  })
  afterAll(() => server.drop())

  test('in order', async () => {
    expect(await findingsOf(env)).toMatchObject({
      database: { status: 'ok', found: expect.not.stringContaining('pooler') },
      migrations: { status: 'ok' },
      clock: { status: 'ok' },
      listen: { status: 'ok', found: expect.stringContaining('heard') },
      secret: { status: 'ok' },
    })
  })

  test('no connection is left behind', async () => {
    const other = await createTestServerDatabase()
    const watching = new pg.Client({ connectionString: server.url })
    await watching.connect()
    try {
      await findingsOf({ ...env, DATABASE_DIRECT_URL: other.url })
      const left = async () => (await watching.query("SELECT 1 FROM pg_stat_activity WHERE application_name = 'rill-doctor'")).rowCount
      await expect.poll(left).toBe(0)
    } finally {
      await watching.end()
      await other.drop()
    }
  })

  test('an empty database', async () => {
    const empty = await createTestServerDatabase()
    try {
      expect((await findingsOf({ ...env, DATABASE_URL: empty.url })).migrations).toMatchObject({ status: 'warning' })
    } finally {
      await empty.drop()
    }
  })

  test.each([
    [5 * 60_000, 'failed', '300.0 s ahead of'],
    [-10_000, 'warning', '10.0 s behind'],
  ])('a clock that is off by %i ms', async (offMs, status, found) => {
    const { clock } = await findingsOf(env, { now: () => Date.now() + offMs })
    expect(clock).toMatchObject({ status, found: expect.stringContaining(found), change: expect.stringContaining('NTP') })
  })

  test('a LISTEN that hears nothing: the direct address leads to another database', async () => {
    const other = await createTestServerDatabase()
    try {
      const { listen } = await findingsOf({ ...env, DATABASE_DIRECT_URL: other.url })
      expect(listen).toMatchObject({ status: 'warning', change: expect.stringContaining('same database') })
    } finally {
      await other.drop()
    }
  })

  test('a pooler is seen, and DATABASE_DIRECT_URL asked for', async () => {
    const pooled = new URL(server.url)
    pooled.port = String(await startPooler(server.url))
    const { database, listen } = await findingsOf({ ...env, DATABASE_URL: pooled.href })
    expect(database).toMatchObject({ status: 'ok', found: expect.stringContaining('through a pooler') })
    expect(listen).toMatchObject({ status: 'warning', change: expect.stringContaining('Set DATABASE_DIRECT_URL') })
    expect((await findingsOf({ ...env, DATABASE_URL: pooled.href, DATABASE_DIRECT_URL: server.url })).listen).toMatchObject({
      status: 'ok',
    })
  })

  /** What a pooler in transaction mode does to its client: a process id of its own making, and no notifications. */
  async function startPooler(url: string): Promise<number> {
    const { hostname, port } = new URL(url)
    const pooler = createNetServer((client) => {
      const upstream = connect(Number(port), hostname).setNoDelay()
      client.setNoDelay()
      let waiting = Buffer.alloc(0)
      upstream.on('data', (bytes: Buffer) => {
        waiting = Buffer.concat([waiting, bytes])
        while (waiting.length >= 5 && waiting.length > waiting.readInt32BE(1)) {
          const message = waiting.subarray(0, waiting.readInt32BE(1) + 1)
          waiting = waiting.subarray(message.length)
          const type = String.fromCharCode(message[0] ?? 0)
          if (type === 'K') message.writeInt32BE(1, 5)
          if (type !== 'A') client.write(message)
        }
      })
      client.pipe(upstream)
      for (const [socket, other] of [[client, upstream] as const, [upstream, client] as const])
        socket.on('error', () => other.destroy()).on('close', () => other.destroy())
    })
    return listening(pooler)
  }
})

describe('the secret', () => {
  test('few different characters are weak, and none is shown', async () => {
    const { secret } = await findingsOf({ RILL_SECRET: 'ab'.repeat(20) })
    expect(secret).toMatchObject({ status: 'warning' })
    expect(JSON.stringify(secret)).not.toContain('abab')
  })

  test('one that is kept in a file is no secret for several instances', async () => {
    const dataFolder = newFolder()
    writeFileSync(join(dataFolder, 'secret'), SECRET)
    const { secret } = await findingsOf({ RILL_DATA_DIR: dataFolder, DATABASE_URL: 'postgres://127.0.0.1:1/none' })
    expect(secret).toMatchObject({ status: 'failed', found: expect.stringContaining("this machine's alone") })
  })

  test('a file that others may read', async () => {
    const dataFolder = newFolder()
    const path = join(dataFolder, 'secret')
    writeFileSync(path, SECRET, { mode: 0o600 })
    expect((await findingsOf({ RILL_DATA_DIR: dataFolder })).secret).toMatchObject({ status: 'ok' })
    chmodSync(path, 0o644)
    expect((await findingsOf({ RILL_DATA_DIR: dataFolder })).secret).toMatchObject({ status: 'warning', change: `chmod 600 ${path}` })
  })
})

describe('the provider', () => {
  const words = 'data: {"choices":[{"index":0,"delta":{"content":"ok"}}]}\n\n'

  test('that answers, and is hung up on', async () => {
    const provider = await startScriptedProvider({ steps: [{ text: words }, { hang: true }] })
    const ignored = new Map([['"ping"', 3]])
    const { provider: found } = await findingsOf({ OPENAI_BASE_URL: provider.baseURL }, { ignored })
    expect(found).toMatchObject({ status: 'ok', found: expect.stringContaining('openai-compatible/scripted') })
    expect(found?.found).toMatch(/; unknown and ignored since the start: 3 × "ping"$/)
    expect(await provider.requests[0]?.closed).toBe('by client')
    await provider.close()
  })

  test('that answers 401', async () => {
    const provider = await startScriptedProvider({ status: 401, steps: [{ text: '{"error":{"message":"bad key sk-0123456789"}}' }] })
    const { provider: found } = await findingsOf({ OPENAI_BASE_URL: provider.baseURL, OPENAI_API_KEY: 'sk-0123456789' })
    expect(found).toMatchObject({
      status: 'failed',
      found: 'The model server refused access.',
      change: expect.stringContaining('OPENAI_API_KEY'),
    })
    expect(JSON.stringify(found)).not.toContain('sk-0123')
    await provider.close()
  })

  test('that is not there', async () => {
    const { provider: found } = await findingsOf({ OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' })
    expect(found).toMatchObject({ status: 'failed', change: expect.stringContaining('OPENAI_BASE_URL') })
  })
})

describe('streaming through the public URL', () => {
  let rill: number
  beforeAll(async () => {
    rill = await listening(
      createServer(async (incoming, outgoing) => {
        const headers = new Headers(incoming.headers as Record<string, string>)
        const isKnown = isInternal(new Request(`http://rill${incoming.url}`, { headers }), SECRET)
        if (!isKnown) return void outgoing.writeHead(404, { 'content-type': 'application/json' }).end('{}')
        const response = respondWithStream(ticks)
        outgoing.writeHead(200, Object.fromEntries(response.headers))
        for await (const bytes of response.body as ReadableStream<Uint8Array>) outgoing.write(bytes)
        outgoing.end()
      }),
    )
  })

  /** A proxy before Rill that passes the answer on in its own way. */
  async function proxy(
    pass: (answer: NodeJS.ReadableStream, outgoing: ServerResponse) => void,
    headers: Record<string, string | undefined> = {},
  ) {
    const server = createServer((incoming, outgoing) => {
      const upstream = httpRequest({ port: rill, path: incoming.url, headers: incoming.headers }, (answer) => {
        const passed = Object.entries({ ...answer.headers, ...headers }).filter(([, value]) => value !== undefined)
        outgoing.writeHead(answer.statusCode ?? 502, Object.fromEntries(passed) as Record<string, string>)
        outgoing.flushHeaders()
        pass(answer, outgoing)
      })
      upstream.end()
    })
    return `http://127.0.0.1:${await listening(server)}`
  }

  const look = async (url: string, secret = SECRET) =>
    (await findingsOf({ RILL_PUBLIC_URL: url, RILL_SECRET: secret }, { isServing: true })).streaming

  const hold = async (answer: NodeJS.ReadableStream, outgoing: ServerResponse) => {
    const all: Buffer[] = []
    for await (const bytes of answer) all.push(bytes as Buffer)
    outgoing.end(Buffer.concat(all))
  }

  test('one by one', async () => {
    expect(await look(`http://127.0.0.1:${rill}`)).toMatchObject({ status: 'ok', found: expect.stringContaining('one by one') })
    expect(await look(await proxy((answer, outgoing) => void answer.pipe(outgoing)))).toMatchObject({ status: 'ok' })
  })

  test('a proxy that holds the answer back until its end', async () => {
    expect(await look(await proxy(hold, { server: 'nginx/1.22.1' }))).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('holds them back'),
      change: expect.stringContaining('proxy_buffering off'),
    })
  })

  test('compression that holds the answer back', async () => {
    const url = await proxy((answer, outgoing) => void answer.pipe(createGzip()).pipe(outgoing), { 'content-encoding': 'gzip' })
    expect(await look(url)).toMatchObject({ status: 'failed', change: expect.stringMatching(/compresses \(gzip\)/) })
  })

  test('headers that were changed', async () => {
    const url = await proxy((answer, outgoing) => void answer.pipe(outgoing), { 'cache-control': 'no-cache' })
    expect(await look(url)).toMatchObject({ status: 'warning', found: expect.stringContaining('Cache-Control') })
  })

  test('a stream that is cut off', async () => {
    const url = await proxy((answer, outgoing) => void answer.once('data', (bytes) => outgoing.end(bytes)))
    expect(await look(url)).toMatchObject({ status: 'failed', found: expect.stringMatching(/only \d of 5/) })
  })

  test('another server, a redirect, and nobody', async () => {
    expect(await look(`http://127.0.0.1:${rill}`, 'another secret than the server has')).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('404'),
    })
    const broken = createServer((_, outgoing) => outgoing.writeHead(502).end())
    expect(await look(`http://127.0.0.1:${await listening(broken)}`)).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('answered 502'),
      change: expect.stringContaining('does not reach Rill'),
    })
    const redirecting = createServer((_, outgoing) => outgoing.writeHead(308, { location: 'https://chat.example.org/' }).end())
    expect(await look(`http://127.0.0.1:${await listening(redirecting)}`)).toMatchObject({
      status: 'failed',
      found: expect.stringContaining('leads on to https://chat.example.org'),
    })
    expect(await look('http://127.0.0.1:9')).toMatchObject({ status: 'failed', change: expect.stringContaining('RILL_PUBLIC_URL') })
  })

  test('without a server there is nothing to read', async () => {
    expect((await findingsOf({ RILL_SECRET: SECRET })).streaming).toMatchObject({ status: 'warning' })
  })
})
