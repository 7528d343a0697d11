import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import type { RillEvent } from '#lib/protocol/index.ts'
import { Client, type Received } from '../bench/lib/client.ts'
import { answers, test as base, distributed, expect, expectOneEnd, liveAnswer, NETWORK_ERRORS, readToEnd, say, until } from './fixtures.ts'
import { startFunctionPlatform } from './function-platform.ts'
import { DEMO, EVERYTHING } from './shared-servers.ts'

const SLOW_TOOL = (seconds: number) => `use everything__trigger-long-running-operation {"duration": ${seconds}, "steps": ${seconds * 4}}`
const ASK = 'use calculator {"expression": "6 * 7"}'

/** Environments: the demo model, with the reference MCP server, or with a calculator that asks first. */
const test = base.extend<{ withServer: Record<string, string>; asking: Record<string, string> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  withServer: async ({}, use) => {
    const everything = { command: process.execPath, args: [EVERYTHING, 'stdio'], approval: { '*': 'always-allow' } }
    await withConfig({ mcpServers: { everything } }, use)
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  asking: async ({}, use) => withConfig({ approval: { calculator: 'ask' } }, use),
})

async function withConfig(config: object, use: (env: Record<string, string>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rill-e2e-'))
  const path = join(folder, 'rill.config.json')
  writeFileSync(path, JSON.stringify(config))
  await use({ ...DEMO, RILL_CONFIG: path })
  rmSync(folder, { recursive: true })
}

/** Without the scripted provider that the worker's servers have. */
function shared(databaseUrl: string, env: Record<string, string>): Record<string, string> {
  return { ...distributed(databaseUrl, 'http://127.0.0.1:9/v1'), ...env }
}

async function post(url: string, path: string, body: object): Promise<number> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  await response.body?.cancel()
  return response.status
}

const find = <T extends RillEvent['type']>(received: Received[], type: T) =>
  received.map(({ event }) => event).find((event): event is Extract<RillEvent, { type: T }> => event.type === type)

async function found<T extends RillEvent['type']>(received: Received[], type: T) {
  await until(() => find(received, type) !== undefined)
  return find(received, type) as Extract<RillEvent, { type: T }>
}

async function statusOf(url: string): Promise<string | undefined> {
  const { servers } = (await (await fetch(`${url}/api/mcp`)).json()) as { servers: { status: string }[] }
  return servers[0]?.status
}

/** MCP servers that a server has started. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return []
    try {
      const [, parent] = / [A-Z] (\d+) /.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? []
      return Number(parent) === pid && isMcpServer(Number(name)) ? [Number(name)] : []
    } catch {
      // It has ended meanwhile.
      return []
    }
  })
}

/** Whether an MCP server runs under this pid; one that has ended, and whose parent has not asked how, has no command line. */
function isMcpServer(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('server-everything')
  } catch {
    // It has ended.
    return false
  }
}

test.describe('on many instances', () => {
  test.describe.configure({ timeout: 180_000 })

  test('a call that waits on one is allowed on another, and a third reads the end', async ({ startServer, createDatabase, asking }) => {
    const env = shared(await createDatabase(), asking)
    const [one, two, three] = await Promise.all([startServer({ env }), startServer({ env }), startServer({ env })])
    const client = new Client(one.url)
    const sessionId = await client.createSession('Asking')
    const received: Received[] = []
    const reading = readToEnd(new Client(three.url), sessionId, received)
    await client.send(sessionId, ASK)
    const { approvalId } = await found(received, 'approval:request')
    await found(received, 'run:waiting')
    // Whoever asked is gone by then.
    await one.stop('SIGKILL')
    const decisions = await Promise.all([two, three].map(({ url }) => post(url, `/api/approvals/${approvalId}`, { approved: true })))
    expect(decisions.toSorted()).toEqual([200, 409])
    await reading
    expectOneEnd(received)
    expect(find(received, 'llm:tool-result')).toMatchObject({ success: true, result: { result: '42' } })
  })

  test('what is said on one instance is heard by the run on another', async ({ startServer, createDatabase, withServer }) => {
    const env = shared(await createDatabase(), withServer)
    const [one, other] = await Promise.all([startServer({ env }), startServer({ env })])
    const client = new Client(one.url)
    const sessionId = await client.createSession('Steering')
    const received: Received[] = []
    const { runId } = await client.send(sessionId, SLOW_TOOL(2))
    const reading = client.read(sessionId, 0, (one) => {
      received.push(one)
      return one.event.type === 'run:complete' && one.event.runId === runId
    })
    await found(received, 'llm:tool-progress')
    expect(await post(other.url, `/api/sessions/${sessionId}/messages`, { text: 'What is 6 * 7?', mode: 'steer' })).toBe(202)
    await reading
    const snapshot = await client.snapshot(sessionId)
    expect(snapshot.queue).toEqual([])
    expect(snapshot.messages).toHaveLength(2)
    expect(snapshot.messages[1]?.parts.some((part) => part.type === 'steer' && part.text === 'What is 6 * 7?')).toBe(true)
    expect(JSON.stringify(snapshot.messages[1])).toContain('42')
  })

  test('in functions, a call is allowed when no function of its run lives any more', async ({ createDatabase, asking }) => {
    const env = { ...shared(await createDatabase(), asking), RILL_FUNCTION_SECONDS: '30' }
    const platform = await startFunctionPlatform({ env, maxDurationS: 30, isReused: false })
    try {
      const client = new Client(platform.url)
      const sessionId = await client.createSession('Asking')
      await client.send(sessionId, ASK)
      await until(() => platform.counts.frozen === platform.counts.started)
      const asked = await client.snapshot(sessionId)
      const [part] = asked.activeRun?.answer?.parts.slice(-1) ?? []
      if (part?.type !== 'tool' || part.status !== 'awaiting-approval') throw new Error('Nothing waits.')
      expect(await post(platform.url, `/api/approvals/${part.approvalId}`, { approved: true })).toBe(200)
      const received: Received[] = []
      await readToEnd(client, sessionId, received)
      expectOneEnd(received)
      expect(find(received, 'llm:tool-result')).toMatchObject({ success: true })
      expect(platform.counts.killed).toBe(0)
    } finally {
      await platform.close()
    }
  })
})

test.describe('on the page', () => {
  const waiting = (page: Page) => page.getByRole('list', { name: 'What waits' }).getByRole('listitem')

  test('Ctrl+Enter is heard while the agent works, Enter is answered after it', async ({ page, withTools }) => {
    await page.goto(withTools.url)
    await say(page, SLOW_TOOL(4))
    await expect(liveAnswer(page).getByRole('progressbar')).toBeVisible()
    await say(page, 'What is 3 * 3?')
    await expect(waiting(page)).toHaveCount(1)
    await page.getByLabel('Message').fill('What is 6 * 7?')
    await page.getByLabel('Message').press('ControlOrMeta+Enter')
    await expect(waiting(page)).toHaveCount(2)
    await expect(answers(page)).toHaveCount(2)
    await expect(answers(page).nth(0).getByRole('article', { name: 'You, meanwhile' })).toHaveText('What is 6 * 7?')
    await expect(answers(page).nth(0)).toContainText('42')
    await expect(answers(page).nth(1)).toContainText('9')
    await expect(waiting(page)).toHaveCount(0)
  })

  test.describe('a server that dies', () => {
    test.use({ expectedErrors: NETWORK_ERRORS })

    test('has what waits when it is back, in its order', async ({ page, withTools }) => {
      await page.goto(withTools.url)
      await say(page, SLOW_TOOL(60))
      await expect(liveAnswer(page).getByRole('progressbar')).toBeVisible()
      for (const [index, text] of ['What is 3 * 3?', 'What is 4 * 4?'].entries()) {
        await say(page, text)
        await expect(waiting(page)).toHaveCount(index + 1)
      }
      await withTools.restart()
      // The tool says that it may be repeated: it runs again, and the others still wait.
      await expect(liveAnswer(page).getByRole('progressbar')).toBeVisible()
      await expect(waiting(page)).toContainText(['3 * 3', '4 * 4'])
      await page.getByRole('button', { name: 'Stop' }).click()
      await expect(answers(page)).toHaveCount(3)
      await expect(answers(page).nth(1)).toContainText('9')
      await expect(answers(page).nth(2)).toContainText('16')
    })
  })

  test('Stop ends a tool, and the next message works', async ({ page, withTools }) => {
    await page.goto(withTools.url)
    await say(page, SLOW_TOOL(60))
    await expect(liveAnswer(page).getByRole('progressbar')).toBeVisible()
    await page.getByRole('button', { name: 'Stop' }).click()
    await expect(answers(page)).toContainText('Stopped')
    await say(page, 'What is 6 * 7?')
    await expect(answers(page).nth(1)).toContainText('42')
  })

  test('an MCP server that is killed in mid-call harms nothing but its call, and comes back', async ({ page, startServer, withServer }) => {
    const server = await startServer({ env: withServer })
    await page.goto(server.url)
    await say(page, SLOW_TOOL(60))
    await expect(liveAnswer(page).getByRole('progressbar')).toBeVisible()
    const [child] = childrenOf(server.pid)
    process.kill(child as number, 'SIGKILL')
    await expect(answers(page)).toHaveCount(1)
    await expect(answers(page)).toContainText('whether it took effect is unknown')
    await until(async () => (await statusOf(server.url)) === 'ready')
    await say(page, 'use everything__get-sum {"a": 2, "b": 40}')
    await expect(answers(page).nth(1)).toContainText('The sum of 2 and 40 is 42')
    await page.close()
    const children = childrenOf(server.pid)
    expect(children).not.toEqual([])
    await server.stop('SIGTERM')
    await until(() => !children.some(isMcpServer))
  })
})
