import { ensureBuild } from './lib/build.mjs'
import { run, runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

await runMain(async () => {
  const [script, ...args] = process.argv.slice(2)
  await setUp()
  await ensureBuild()
  process.exitCode = (await run(process.execPath, [script, ...args], { limitMs: 3_600_000 })).code
})
