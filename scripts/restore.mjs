import { runMain } from './lib/run.mjs'
import { runTool } from './lib/tool.mjs'

await runMain(() => runTool('lib/backup/restore-main.ts'))
