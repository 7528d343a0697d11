import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from '@playwright/test'
import { freePort } from '../bench/lib/provider.ts'

interface Started {
  url: string
  child: ChildProcess
  output(): string
  exited: Promise<number | null>
}

/** `npm start`, as a user types it, in an empty data folder. */
const test = base.extend<{ start: (env?: Record<string, string>, command?: string[]) => Promise<Started> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from the pattern
  start: async ({}, use) => {
    const dataFolder = mkdtempSync(join(tmpdir(), 'rill-start-'))
    const started: Started[] = []
    await use(async (env = {}, [command = 'npm', ...args] = ['npm', 'start']) => {
      const port = await freePort()
      const child = spawn(command, args, { env: { ...process.env, PORT: String(port), RILL_DATA_DIR: dataFolder, ...env } })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (bytes) => {
          output += bytes
        })
      }
      const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
      started.push({ url: `http://127.0.0.1:${port}`, child, output: () => output, exited })
      return started.at(-1) as Started
    })
    for (const { child, exited } of started) {
      child.kill('SIGTERM')
      await exited
    }
    rmSync(dataFolder, { recursive: true, force: true })
  },
})

// Shorter than what a start waits for its server: one that ended must be noticed before.
test.setTimeout(45_000)

test('npm start says where it is, answers, and stops with exit 0', async ({ start }) => {
  const { url, child, output, exited } = await start()
  await expect.poll(output, { timeout: 30_000 }).toContain('Rill is ready at http://')
  expect((await fetch(`${url}/api/ready`)).status).toBe(200)
  child.kill('SIGTERM')
  expect(await exited).toBe(0)
})

test('a server whose starter was killed stops', async ({ start }) => {
  const { url, output, child } = await start({}, [process.execPath, 'scripts/start.mjs'])
  await expect.poll(output, { timeout: 30_000 }).toContain('Rill is ready at http://')
  child.kill('SIGKILL')
  const isListening = () =>
    fetch(`${url}/api/health`).then(
      () => true,
      () => false,
    )
  await expect.poll(isListening, { timeout: 15_000 }).toBe(false)
})

test('npm start ends with the reason when the server does', async ({ start }) => {
  const { output, exited } = await start({ RILL_MODEL: 'nobody/x' })
  expect(await exited).toBe(1)
  expect(output()).toContain('RILL_MODEL names the provider "nobody"')
})
