import { address, loadEnvironment } from './lib/environment.mjs'
import { run, runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

await runMain(async () => {
  loadEnvironment()
  await setUp()
  const env = { ...process.env, HOST: address().host }
  // The condition is the one under which the app's server runs: code that only it uses may be imported.
  const args = ['--conditions=react-server', 'lib/doctor/main.ts', ...process.argv.slice(2)]
  process.exitCode = (await run(process.execPath, args, { env, limitMs: 120_000 })).code
})
