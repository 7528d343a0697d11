import { spawn } from 'node:child_process'
import { address, loadEnvironment } from './environment.mjs'
import { root } from './run.mjs'
import { setUp } from './setup.mjs'

/**
 * Runs one of Rill's own programs as the server would run it: with the settings of `.env`, and this process's arguments. Signals
 * are passed on, the exit code taken over.
 */
export async function runTool(script) {
  loadEnvironment()
  await setUp()
  const child = spawn(
    process.execPath,
    [
      // The one under which the app's server runs: code that only it uses may be imported.
      '--conditions=react-server',
      // Node runs TypeScript without the flag only from 22.18 on.
      '--experimental-strip-types',
      '--disable-warning=ExperimentalWarning',
      script,
      ...process.argv.slice(2),
    ],
    { cwd: root, env: { ...process.env, HOST: address().host }, stdio: 'inherit' },
  )
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  process.exitCode = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve(code ?? 1))
  })
}
