import { expect, test } from 'vitest'
import { StdioTransport } from './stdio.ts'

function program(script: string): { transport: StdioTransport; printed: string[] } {
  const printed: string[] = []
  const transport = new StdioTransport({ command: process.execPath, args: ['-e', script] }, (line) => printed.push(line))
  return { transport, printed }
}

test('what waits for room in its input leaves no listeners', async () => {
  const warnings: string[] = []
  const onWarning = ({ name }: Error) => warnings.push(name)
  process.on('warning', onWarning)
  const { transport, printed } = program(
    'setTimeout(() => process.stdin.resume(), 200); process.stdin.on("end", () => console.error("read"))',
  )
  await transport.start()
  const message = { jsonrpc: '2.0' as const, method: 'x', params: { text: 'x'.repeat(200_000) } }
  await Promise.all(Array.from({ length: 20 }, () => transport.send(message)))
  for (let sent = 0; sent < 20; sent += 1) await transport.send(message)
  await transport.close()
  process.off('warning', onWarning)
  expect(printed).toEqual(['read'])
  expect(warnings).toEqual([])
})

test.runIf(process.platform === 'linux')('a program is over when it ends, whoever holds what it printed to', async () => {
  const { transport, printed } = program(`
    const options = { detached: true, stdio: ['ignore', 'ignore', 'inherit'] }
    const other = require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], options)
    other.once('spawn', () => { console.error(other.pid); process.exit(0) })`)
  let isOver = false
  transport.onclose = () => {
    isOver = true
  }
  await transport.start()
  try {
    await expect.poll(() => isOver, { timeout: 10_000 }).toBe(true)
  } finally {
    for (const pid of printed) process.kill(Number(pid), 'SIGKILL')
  }
})
