import 'server-only'
import { toAppError } from '#lib/protocol/index.ts'
import { getRuntime } from '#lib/runtime.ts'

/** How long a stop may take before the process ends all the same. What is not done then is taken over, as after a crash. */
const STOP_MS = 10_000

/** Opens the runtime before the first request, and closes it on SIGTERM, SIGINT and SIGHUP. Ends the process when it cannot open. */
export async function startServer(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, () => void stopServer(signal))
  try {
    await getRuntime()
  } catch (error) {
    const { code, message, cause } = toAppError(error)
    console.error(code === 'internal' ? cause : message)
    process.exit(1)
  }
}

async function stopServer(signal: NodeJS.Signals): Promise<void> {
  setTimeout(() => {
    console.error(`Rill did not stop within ${STOP_MS / 1_000} s of ${signal}; what was left is taken over at the next start.`)
    process.exit(1)
  }, STOP_MS).unref()
  try {
    await (await getRuntime()).stop()
    process.exit(0)
  } catch (error) {
    console.error('Rill did not stop cleanly:', error)
    process.exit(1)
  }
}
