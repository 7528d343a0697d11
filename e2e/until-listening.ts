import { connect } from 'node:net'

/** Resolves when something listens on a port of this machine. `check` throws when it never will. */
export async function untilListening(port: number, check: () => void): Promise<void> {
  for (const until = Date.now() + 10_000; Date.now() < until; ) {
    check()
    const isListening = await new Promise<boolean>((resolve) => {
      const probe = connect(port, '127.0.0.1', () => resolve(true)).on('error', () => resolve(false))
      probe.on('connect', () => probe.destroy())
    })
    if (isListening) return
    await new Promise((resolve) => setTimeout(resolve, 30))
  }
  throw new Error(`Nothing listens on port ${port}.`)
}
