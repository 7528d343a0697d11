import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from '../bench/lib/client.ts'
import { cleanEnvironment } from '../bench/lib/server.ts'
import { answers, test as base, distributed, expect, liveAnswer, NETWORK_ERRORS, say } from './fixtures.ts'

interface Ended {
  code: number
  output: string
}

/** `npm run backup` and `npm run restore`, without npm. */
const test = base.extend<{
  folder: string
  run: (script: 'backup' | 'restore', args: string[], env: Record<string, string>) => Promise<Ended>
}>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  folder: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'rill-backup-'))
    await use(folder)
    rmSync(folder, { recursive: true, force: true })
  },
  run: async ({ folder }, use) => {
    await use(
      (script, args, env) =>
        new Promise((resolve) => {
          const options = { env: { ...cleanEnvironment(), INIT_CWD: folder, ...env }, timeout: 60_000 }
          execFile(process.execPath, [`scripts/${script}.mjs`, ...args], options, (error, stdout, stderr) => {
            resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
          })
        }),
    )
  },
})

test.describe.configure({ timeout: 180_000 })

test.describe('a laptop becomes a server', () => {
  test.use({ expectedErrors: NETWORK_ERRORS })
  test('backed up in mid-answer and restored into PostgreSQL: the visitor is the same, and the answer is completed', async ({
    page,
    startServer,
    provider,
    createDatabase,
    folder,
    run,
  }) => {
    const laptop = await startServer({ env: { OPENAI_BASE_URL: provider.url } })
    // However slow the machine is, the answer is not over before the backup is.
    const release = provider.hold(30)
    await page.goto(laptop.url)
    await say(page, 'Count slowly')
    await expect(liveAnswer(page)).toContainText('w20')
    const here = { RILL_DATA_DIR: laptop.dataFolder, PORT: String(laptop.port) }
    // A copy that a killed backup left, and what somebody else keeps there.
    mkdirSync(join(laptop.dataFolder, `backup-${randomUUID()}`))
    mkdirSync(join(laptop.dataFolder, 'backup-of-my-photos'))
    const made = await run('backup', ['rill.backup'], here)
    expect(made).toMatchObject({ code: 0, output: expect.stringContaining('1 sessions, 1 messages, 1 runs') })
    expect(statSync(join(folder, 'rill.backup')).mode & 0o777).toBe(0o600)
    expect(readdirSync(laptop.dataFolder).filter((name) => name.startsWith('backup-'))).toEqual(['backup-of-my-photos'])
    const path = new URL(page.url()).pathname
    await laptop.stop('SIGKILL')

    const url = await createDatabase()
    const restored = await run('restore', ['rill.backup'], { DATABASE_URL: url })
    expect(restored).toMatchObject({ code: 0, output: expect.stringMatching(/as in the backup.+\n?/) })
    expect(restored.output).toMatch(/Set RILL_SECRET to what this prints: npm run -s restore -- .*rill\.backup --print-secret/)
    const { output: secret } = await run('restore', ['rill.backup', '--print-secret'], {})
    const server = await startServer({ env: { ...distributed(url, provider.url), RILL_SECRET: secret.trim() } })
    release()
    // A browser's cookie goes to every port of its host.
    await page.goto(server.url + path)
    await expect(answers(page).locator('.prose')).toHaveText(provider.text.trim())
    await expect(answers(page)).toHaveCount(1)
  })
})

test('a server becomes a laptop; what would overwrite anything, or cannot work, is refused with what to do', async ({
  startServer,
  provider,
  createDatabase,
  folder,
  run,
}) => {
  const env = distributed(await createDatabase(), provider.url)
  const client = new Client((await startServer({ env })).url)
  const sessionId = await client.createSession('From the server')
  expect(await run('backup', ['rill.backup'], env)).toMatchObject({ code: 0 })
  expect(await run('backup', ['rill.backup'], env)).toMatchObject({ code: 1, output: expect.stringMatching(/already.+--force/) })
  expect(await run('backup', ['rill.backup', '--force'], env)).toMatchObject({ code: 0 })
  expect(await run('backup', [], env)).toMatchObject({ code: 1, output: expect.stringContaining('npm run backup -- <file>') })
  expect(await run('backup', ['x', '--quick'], env)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/'--quick'.+npm run backup/s),
  })
  expect(await run('restore', ['none'], env)).toMatchObject({ code: 1, output: expect.stringMatching(/^ENOENT: no such file/) })
  expect(await run('restore', ['rill.backup', '--replace'], env)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/Rill is running on this database/),
  })

  const laptop = { RILL_DATA_DIR: join(folder, 'data') }
  const restored = await run('restore', ['rill.backup'], laptop)
  expect(restored).toMatchObject({ code: 0, output: expect.stringContaining('the RILL_SECRET of the server that was backed up') })
  const server = await startServer({ dataFolder: laptop.RILL_DATA_DIR })
  expect((await new Client(server.url).snapshot(sessionId)).session.title).toBe('From the server')
  expect(await run('restore', ['rill.backup'], laptop)).toMatchObject({
    code: 1,
    output: expect.stringMatching(/is in use by process \d+/),
  })
  const unheard = await run('backup', ['other'], { ...laptop, PORT: '1' })
  expect(unheard).toMatchObject({ code: 1, output: expect.stringMatching(/in use by process \d+.+Set HOST, PORT/) })
  expect(readdirSync(folder).sort()).toEqual(['data', 'rill.backup'])
})
