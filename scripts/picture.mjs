import { ensureBuild } from './lib/build.mjs'
import { ensureChromium } from './lib/chromium.mjs'
import { bin, run, runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

/** Takes the README's picture anew, by the test that takes it on every run and keeps it out of the tree. */
await runMain(async () => {
  await setUp()
  await ensureBuild()
  const env = { ...process.env, RILL_CHROMIUM: await ensureChromium(), PICTURE: 'docs/page.png' }
  const args = ['test', 'e2e/look.spec.ts', '--grep=the picture in the README', '--reporter=list']
  process.exitCode = (await run(process.execPath, [bin('playwright'), ...args], { env, limitMs: 300_000 })).code
})
