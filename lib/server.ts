import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { isServerless, readConfig } from '#lib/config.ts'
import { outageOf, sqlErrorOf } from '#lib/db/sql.ts'
import { givenIn } from '#lib/environment.ts'
import { startLogging } from '#lib/observe/index.ts'
import { toAppError } from '#lib/protocol/index.ts'
import { reasonOf } from '#lib/report.ts'
import { getRuntime } from '#lib/runtime.ts'

/** How long a stop may take before the process ends all the same. What is not done then is taken over, as after a crash. */
const STOP_MS = 10_000

/** Opens the runtime before the first request, and closes it on SIGTERM, SIGINT and SIGHUP. Ends the process when it cannot open. */
export async function startServer(): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void stopServer(signal))
  // Whoever started this process holds the other end: when that is gone, nobody else would stop it.
  if (process.env.RILL_STOPS_WITH_STDIN) process.stdin.on('end', () => void stopServer('SIGHUP')).resume()
  try {
    startLogging(readConfig(process.env), givenIn(process.env))
    await getRuntime()
  } catch (error) {
    console.error(startFailure(error))
    // A function is asked again, and says it again.
    if (!isServerless(process.env)) process.exit(1)
  }
}

/** What to change, where that is known. */
export function startFailure(error: unknown): unknown {
  const outage = outageOf(error)
  if (outage) return `${outage.message} Check DATABASE_URL: ${reasonOf(error)}`
  if (sqlErrorOf(error)) return `The database cannot be used. Check DATABASE_URL: ${reasonOf(error)}`
  const { code, message, cause } = toAppError(error)
  return code === 'internal' ? cause : message
}

let isStopping = false
const hurried = new AbortController()

/** A deployment sends SIGTERM and waits; who presses Ctrl-C does not. Each may come twice: a starter passes signals on. */
async function stopServer(signal: NodeJS.Signals): Promise<void> {
  if (signal !== 'SIGTERM') hurried.abort()
  if (isStopping) return
  isStopping = true
  try {
    const runtime = await getRuntime()
    const limit = pause(runtime.config.drainMs, undefined, { signal: hurried.signal }).catch(() => {})
    await Promise.race([runtime.drain(), limit])
    setTimeout(() => {
      console.error(`Rill did not stop within ${STOP_MS / 1_000} s of ${signal}; what was left is taken over at the next start.`)
      process.exit(1)
    }, STOP_MS).unref()
    await runtime.stop()
    process.exit(0)
  } catch (error) {
    console.error('Rill did not stop cleanly:', error)
    process.exit(1)
  }
}
