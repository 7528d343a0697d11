import { ensureBuild } from './lib/build.mjs'
import { loadEnvironment } from './lib/environment.mjs'
import { runMain, step } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

/** The build on Vercel (vercel.json). Migrations first: a build that failed leaves the deployment before it as it is. */
await runMain(async () => {
  loadEnvironment()
  await setUp()
  await step('Preparing the database…', process.execPath, ['--conditions=react-server', 'lib/prepare.ts'], { limitMs: 5 * 60_000 })
  await ensureBuild()
})
