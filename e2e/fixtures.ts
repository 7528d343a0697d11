import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect, type Locator, type Page } from '@playwright/test'
import pg from 'pg'
import { textOf } from '#lib/protocol/index.ts'
import type { FilledServer } from '../bench/fixtures/server.ts'
import type { Client, Received } from '../bench/lib/client.ts'
import { type ScriptedProvider, startProvider } from '../bench/lib/provider.ts'
import { type RillServer, type ServerOptions, startRill } from '../bench/lib/server.ts'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { startPostgres } from '../scripts/lib/postgres.mjs'
import { newDataFolder } from './data-folder.ts'
import { DEMO, type ServerWithTools, withConversations, withReferenceTools, withServer } from './shared-servers.ts'

/** A PostgreSQL that a test may stop. */
interface Postgres {
  url: string
  halt(): Promise<void>
  resume(): Promise<void>
}

/**
 * Made once for all tests of a worker: each test has a browser context, and so a visitor and sessions, of its own. All that need a
 * worker stand here: a file that adds one has its tests in another process, which starts all anew.
 */
interface WorkerFixtures {
  /** Writes 120 numbered words at 100 a second; at 20 when it is asked to do it slowly. */
  provider: ScriptedProvider
  /** The production build, with `provider` behind it. */
  rill: RillServer
  /** One with the demo model, as fast as it can. */
  demo: RillServer
  /** One with the demo model and the reference server's tools; `echo` is asked about. */
  withTools: ServerWithTools
  /** One whose visitor has long conversations. */
  filled: FilledServer
  postgres: Postgres
}

interface TestFixtures {
  /** An empty database on the worker's PostgreSQL. */
  createDatabase: () => Promise<string>
  /** Starts a server of the test's own; it is stopped at the end. Without a folder it gets an empty one. */
  startServer: (options?: Partial<ServerOptions>) => Promise<RillServer & { dataFolder: string }>
  /** Errors in the browser's console that the test expects, because it cuts the network or kills the server. */
  expectedErrors: RegExp | null
  failOnConsoleErrors: undefined
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  provider: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const provider = await startProvider({ deltas: 120, perSecond: 100 })
      await use(provider)
      await provider.close()
    },
    { scope: 'worker' },
  ],
  rill: [async ({ provider }, use) => withServer({ OPENAI_BASE_URL: provider.url }, use), { scope: 'worker' }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  demo: [async ({}, use) => withServer(DEMO, use), { scope: 'worker' }],
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  withTools: [async ({}, use) => withReferenceTools(use), { scope: 'worker' }],
  filled: [async ({ provider }, use) => withConversations(provider, use), { scope: 'worker', timeout: 120_000 }],
  postgres: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
    async ({}, use) => {
      const postgres = (await startPostgres()) as (Postgres & { stop: () => Promise<void> }) | undefined
      test.skip(!postgres, 'There is no PostgreSQL here, and none can be installed.')
      if (!postgres) return
      await use(postgres)
      await postgres.stop()
    },
    { scope: 'worker', timeout: 300_000 },
  ],
  baseURL: async ({ rill }, use) => use(rill.url),
  startServer: async ({ context }, use) => {
    const servers: RillServer[] = []
    const folders: string[] = []
    await use(async (options = {}) => {
      const dataFolder = options.dataFolder ?? (options.env?.DATABASE_URL ? mkdtempSync(join(tmpdir(), 'rill-e2e-')) : newDataFolder())
      if (!options.dataFolder) folders.push(dataFolder)
      const server = await startRill({ ...options, dataFolder })
      servers.push(server)
      return { ...server, dataFolder }
    })
    // First the pages: a server that goes away under them is an error in their console.
    await Promise.all(context.pages().map((page) => page.close()))
    await Promise.all(servers.map((server) => server.stop('SIGKILL')))
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  },
  createDatabase: async ({ postgres }, use) => {
    const { url } = postgres
    await use(async () => {
      const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
      const client = new pg.Client({ connectionString: url })
      await client.connect()
      await client.query(`CREATE DATABASE ${name}`)
      await client.end()
      return url.replace(/\/postgres$/, `/${name}`)
    })
  },
  expectedErrors: [null, { option: true }],
  failOnConsoleErrors: [
    async ({ context, expectedErrors }, use) => {
      const errors: string[] = []
      const note = (text: string) => {
        if (!expectedErrors?.test(text)) errors.push(text)
      }
      context.on('console', (message) => {
        if (message.type() === 'error') note(message.text())
      })
      context.on('weberror', (error) => note(error.error().message))
      await use(undefined)
      expect(errors, 'errors in the console of the page').toEqual([])
    },
    { auto: true },
  ],
})

export { expect }

/** What a cut network or a dead server prints in the console. */
export const NETWORK_ERRORS = /Failed to load resource|net::ERR_/

/** Writes a message and sends it with Enter. */
export async function say(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('Message', { exact: true })
  await field.fill(text)
  await field.press('Enter')
}

/** Opens a page whose scripts do not come before they are let go. */
export async function openWithoutScripts(page: Page, url: string): Promise<() => Promise<void>> {
  let letGo = () => {}
  const held = new Promise<void>((resolve) => {
    letGo = resolve
  })
  await page.route('**/_next/static/**/*.js', async (route) => {
    await held
    await route.continue()
  })
  await page.goto(url, { waitUntil: 'commit' })
  return async () => {
    letGo()
    await page.waitForLoadState('load')
  }
}

/** The answer that is being written, and answers that are settled. */
export const liveAnswer = (page: Page): Locator => page.getByRole('article', { name: 'Answer being written' })
export const answers = (page: Page): Locator => page.getByRole('article', { name: 'Answer', exact: true })

/** Waits for something outside the page. */
export async function until(condition: () => boolean | Promise<boolean>, timeout = 60_000): Promise<void> {
  await expect.poll(condition, { timeout, intervals: [50] }).toBe(true)
}

/** Reads a session's events from the beginning to the end of a run; when the stream breaks, it goes on after the last one. */
export async function readToEnd(client: Client, sessionId: string, received: Received[]): Promise<void> {
  for (const began = performance.now(); ; ) {
    try {
      return await client.read(sessionId, received.at(-1)?.event.seq ?? 0, (one) => {
        received.push(one)
        return one.event.type === 'run:complete'
      })
    } catch (error) {
      if (performance.now() - began > 120_000) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

/** The text of the stored answer. */
export async function answerOf(client: Client, sessionId: string): Promise<string> {
  return textOf((await client.snapshot(sessionId)).messages[1]?.parts ?? [])
}

/** Servers that share a PostgreSQL must share the secret. */
const SECRET = 'a secret that is made for these tests'

export function distributed(databaseUrl: string, providerUrl: string): Record<string, string> {
  return { DATABASE_URL: databaseUrl, OPENAI_BASE_URL: providerUrl, RILL_SECRET: SECRET }
}

/** Sends a message to a new session, to be answered in 6 s or as `text` says, and reads to the answer's end whatever breaks meanwhile. */
export async function ask(
  client: Client,
  text = 'Count slowly',
): Promise<{ sessionId: string; received: Received[]; reading: Promise<void> }> {
  const sessionId = await client.createSession('Faults')
  await client.send(sessionId, text)
  const received: Received[] = []
  return { sessionId, received, reading: readToEnd(client, sessionId, received) }
}

/** The events are the log from its first, and the run ended once. */
export function expectOneEnd(received: Received[]): void {
  expect(received.map(({ event }) => event.seq)).toEqual(received.map((_, index) => index + 1))
  expect(received.filter(({ event }) => event.type === 'run:complete')).toHaveLength(1)
}
