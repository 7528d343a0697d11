import 'server-only'
import { readConfig } from './config.ts'
import { openRuntime } from './runtime.ts'
import { startFailure } from './server.ts'

/**
 * A program for a platform's build: opens what a function opens on its first request, and closes it. So migrations run once,
 * before anybody waits for them, and what is wrong with the configuration ends the build.
 */
try {
  const runtime = await openRuntime(readConfig({ ...process.env, RILL_SERVERLESS: '1' }))
  await runtime.stop()
} catch (error) {
  console.error(startFailure(error))
  process.exitCode = 1
}
