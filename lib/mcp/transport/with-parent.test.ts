import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
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
    // Before that it is bound to nobody yet.
    await expect.poll(() => programOf(pid), { timeout: 20_000 }).toBe(process.execPath)
    parent.kill('SIGKILL')
    await expect.poll(() => programOf(pid), { timeout: 20_000 }).toBeUndefined()
  },
)

test('a program that is not there fails as itself', () => {
  const surroundings = { cwd: undefined, env: { PATH: '/nowhere' } }
  for (const command of ['surely-no-such-program', './no-such-program'])
    expect(withParent({ command, args: ['a'] }, surroundings)).toEqual({ command, args: ['a'] })
})

/** What Linux says of a process; undefined when it has ended, looked after or not. */
function programOf(pid: number): string | undefined {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0]
    return state === 'Z' ? undefined : readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0]
  } catch {
    return undefined
  }
}
