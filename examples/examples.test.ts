import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')

/** Runs an example as its first line says, without a key, and gives what it printed. */
async function run(name: string): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, RILL_DEMO_TOKENS_PER_SECOND: '0' }
  const child = spawn(process.execPath, ['--experimental-strip-types', join('examples', name)], {
    cwd: ROOT,
    env: { NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 60_000,
  })
  let output = ''
  for await (const bytes of child.stdout) output += bytes
  const code = child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve)))
  expect(code).toBe(0)
  return output
}

test('the quick start calculates', async () => {
  expect(await run('quick-start.ts')).toContain('0.3')
})

test('the agent with tools uses its own, one that asks, and an MCP server', async () => {
  const output = await run('agent-with-tools.ts')
  for (const part of ['3/3', 'Paid 10 to the winner.', 'The sum of 2 and 40 is 42.']) expect(output).toContain(part)
})
