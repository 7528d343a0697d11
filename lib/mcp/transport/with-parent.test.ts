import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withParent } from './with-parent.ts'

const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1_000)"

test.runIf(process.platform === 'linux')(
  'a stubborn program does not outlive the one that started it, however that ends',
  { timeout: 30_000 },
  async () => {
    const script = `
    import { StdioTransport } from ${JSON.stringify(join(import.meta.dirname, 'stdio.ts'))}
    const transport = new StdioTransport({ command: process.execPath, args: ['-e', ${JSON.stringify(STUBBORN)}] }, () => {})
    await transport.start()
    console.log(transport.pid)`
    const parent = spawn(process.execPath, ['--experimental-strip-types', '--input-type=module', '-e', script])
    const [said] = (await once(parent.stdout, 'data')) as [Buffer]
    const pid = Number(String(said))
    expect(isThere(pid)).toBe(true)
    parent.kill('SIGKILL')
    // Until whoever adopted it has looked after it, a process that ended is there.
    await expect.poll(() => isThere(pid), { timeout: 20_000 }).toBe(false)
  },
)

test('a program that is not there fails as itself', () => {
  const surroundings = { cwd: undefined, env: { PATH: '/nowhere' } }
  for (const command of ['surely-no-such-program', './no-such-program'])
    expect(withParent({ command, args: ['a'] }, surroundings)).toEqual({ command, args: ['a'] })
})

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
