import { ensureBuild } from './lib/build.mjs'
import { run, runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

await runMain(async () => {
  const [script, ...args] = process.argv.slice(2)
  await setUp()
  await ensureBuild()
  // Node runs TypeScript without the flag only from 22.18 on.
  process.exitCode = (await run(process.execPath, ['--experimental-strip-types', script, ...args], { limitMs: 3_600_000 })).code
})
