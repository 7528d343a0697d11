import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Client } from '../bench/lib/client.ts'
import { freePort } from '../bench/lib/provider.ts'
import { buildImage, type Image, makeReadOnly } from '../deploy/testing/build-image.ts'
import { answerOf, answers, ask, test as base, expect, expectOneEnd, say, until } from './fixtures.ts'

interface Container {
  url: string
  output(): string
  /** Ends it as an engine does. Resolves with the exit code. */
  stop(): Promise<number | null>
}

const PROJECT = join(import.meta.dirname, '..')
const NETWORK = { HOST: '127.0.0.1', HOSTNAME: 'a-name-that-no-network-knows' }
const isRoot = process.getuid?.() === 0

/** The environment of the image's own process: nothing is inherited. Paths lead into the image. */
function environmentOf(image: Image, env: Record<string, string>): NodeJS.ProcessEnv {
  const within = Object.entries({ ...image.env, ...env }).map(([name, value]) => [
    name,
    value.startsWith('/') ? join(image.root, value) : value,
  ])
  return { ...Object.fromEntries(within), TMPDIR: '/nowhere' }
}

function execute(image: Image, args: string[], env: Record<string, string> = {}): ChildProcess {
  const [program = '', ...command] = image.command
  return spawn(join(image.root, program), args.length > 0 ? args : command, {
    cwd: join(image.root, image.workdir),
    env: environmentOf(image, env),
    stdio: ['ignore', 'pipe', 'pipe'],
    // Without rights that would hide that something is written where nothing can be.
    ...(isRoot && { uid: image.user, gid: image.user }),
  })
}

let image: Image

const test = base.extend<{ run: (env?: Record<string, string>) => Promise<Container> }>({
  run: async ({ context }, use) => {
    const running: ChildProcess[] = []
    await use(async (env = {}) => {
      const port = await freePort()
      const child = execute(image, [], { ...NETWORK, PORT: String(port), ...env })
      running.push(child)
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (bytes) => {
          output += bytes
        })
      }
      const ended = once(child, 'exit').then(([code]) => code as number | null)
      const url = `http://127.0.0.1:${port}`
      await until(async () => {
        expect(child.exitCode, output).toBeNull()
        return (await fetch(`${url}/api/ready`).catch(() => null))?.ok ?? false
      })
      return {
        url,
        output: () => output,
        stop() {
          child.kill('SIGTERM')
          return ended
        },
      }
    })
    await Promise.all(context.pages().map((page) => page.close()))
    for (const child of running) child.kill('SIGKILL')
  },
})

// Not a fixture of the worker: e2e/fixtures.ts says why.
test.beforeAll(() => {
  test.setTimeout(300_000)
  const folder = mkdtempSync(join(tmpdir(), 'rill-image-'))
  chmodSync(folder, 0o755)
  image = buildImage(PROJECT, folder, join(PROJECT, 'node_modules'))
  makeReadOnly(join(image.root, image.workdir))
})

test.afterAll(() => {
  const folder = dirname(image.root)
  execFileSync('chmod', ['-R', 'u+w', folder])
  rmSync(folder, { recursive: true, force: true })
})

test('the image has what runs, and nothing of what built it', () => {
  const app = join(image.root, image.workdir)
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' })
  expect(files).toContain('rill.cdx.json')
  expect(files).toContain(join('node_modules', '@electric-sql', 'pglite', 'package.json'))
  expect(files.filter((file) => /\.env|\.test\.|(^|\/)testing\//.test(file))).toEqual([])
  // One image serves every processor.
  expect(files.filter((file) => file.endsWith('.node'))).toEqual([])
  expect(['prisma', 'typescript', 'sharp', '@playwright'].filter((name) => existsSync(join(app, 'node_modules', name)))).toEqual([])
  // Node is among it. What it needs of Debian is less than 30 MB: together that must be less than 300.
  expect(Number.parseInt(execFileSync('du', ['-sm', image.root], { encoding: 'utf8' }), 10)).toBeLessThan(250)
  const { components } = JSON.parse(readFileSync(join(app, 'rill.cdx.json'), 'utf8')) as { components: { name: string }[] }
  const names = components.map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(['next', 'react', 'zod', 'marked', 'ai', '@electric-sql/pglite']))
  expect(names).not.toContain('prisma')
})

test.describe('by itself', () => {
  test('it serves the page with its fonts, answers, says that it is well, and ends with exit 0', async ({ page, run }) => {
    const container = await run()
    await page.goto(container.url)
    await say(page, 'Hello')
    await expect(answers(page)).toHaveCount(1)
    expect(await page.evaluate(async () => [...(await document.fonts.ready)].some(({ status }) => status === 'loaded'))).toBe(true)
    await page.close()
    const check = execute(image, ['healthcheck.mjs'], { ...NETWORK, PORT: new URL(container.url).port })
    expect((await once(check, 'exit'))[0]).toBe(0)
    expect(await container.stop()).toBe(0)
    const late = execute(image, ['healthcheck.mjs'], { ...NETWORK, PORT: new URL(container.url).port })
    expect((await once(late, 'exit'))[0]).toBe(1)
    expect(container.output()).not.toMatch(/error|EROFS|EACCES/i)
  })

  test('an answer that was being written goes on in the next container on the volume', async ({ run, provider }) => {
    const env = { OPENAI_BASE_URL: provider.url }
    const first = await run(env)
    const sessionId = await new Client(first.url).createSession('Volumes')
    await new Client(first.url).send(sessionId, 'Count slowly')
    await until(() => provider.active === 1)
    expect(await first.stop()).toBe(0)
    const second = await run(env)
    await until(async () => (await answerOf(new Client(second.url), sessionId)) === provider.text)
  })
})

test('with a database of its own it has its address and its secret from files', async ({ run, createDatabase, provider }) => {
  const url = await createDatabase()
  const secrets = join(image.root, 'data', 'secrets')
  mkdirSync(secrets)
  chmodSync(secrets, 0o777)
  const make = () => once(execute(image, ['make-secrets.mjs', secrets, url]), 'exit')
  const read = () => Object.fromEntries(readdirSync(secrets).map((name) => [name, readFileSync(join(secrets, name), 'utf8')]))
  expect((await make())[0]).toBe(0)
  const made = read()
  expect(Object.keys(made).sort()).toEqual(['database-url', 'postgres-password', 'rill-secret'])
  expect(new URL(made['database-url'] ?? '').password).toBe(made['postgres-password'])
  expect(statSync(join(secrets, 'rill-secret')).mode & 0o077).toBe(0)
  expect((await make())[0]).toBe(0)
  expect(read()).toEqual(made)

  const container = await run({
    DATABASE_URL: '',
    DATABASE_URL_FILE: '/data/secrets/database-url',
    RILL_SECRET_FILE: '/data/secrets/rill-secret',
    RILL_DATA_DIR: '/nowhere',
    OPENAI_BASE_URL: provider.url,
  })
  const { received, reading } = await ask(new Client(container.url))
  await reading
  expectOneEnd(received)
  expect(received.filter(({ event }) => event.type === 'llm:chunk').length).toBeGreaterThan(20)
  expect(await container.stop()).toBe(0)
})
