import { ensureBuild } from './lib/build.mjs'
import { runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

await runMain(async () => {
  await setUp()
  await ensureBuild()
})
