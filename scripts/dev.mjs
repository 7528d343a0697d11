import { loadEnvironment } from './lib/environment.mjs'
import { runMain } from './lib/run.mjs'
import { serve } from './lib/serve.mjs'
import { setUp } from './lib/setup.mjs'

await runMain(async () => {
  loadEnvironment()
  await setUp()
  await serve('dev')
})
