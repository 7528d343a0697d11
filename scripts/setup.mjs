import { runMain } from './lib/run.mjs'
import { setUp } from './lib/setup.mjs'

/** What every other script does first, by itself: for a container's layer and a platform's install step. */
await runMain(setUp)
