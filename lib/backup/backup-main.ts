import 'server-only'
import { statSync } from 'node:fs'
import { readConfig } from '#lib/config.ts'
import { AppError } from '#lib/protocol/index.ts'
import { report } from '#lib/report.ts'
import { listOf, ownVersion, progressTo, readArguments, runCommand } from './command.ts'
import { dump } from './dump.ts'
import type { Summaries } from './format.ts'
import { markOf } from './secret.ts'
import { keptSecretIn, openSource } from './source.ts'
import { writeCompressed } from './write-file.ts'

const USAGE = `npm run backup -- <file> [--force]

  Writes everything that Rill keeps into one file. Rill may run meanwhile.
  --force    takes the place of a file that is there`

/** Ends what is being written when the process is asked to stop; a terminal and npm both say so. */
function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(new AppError('cancelled', 'Stopped: there is no backup.')))
  return stop.signal
}

await runCommand(async () => {
  const { file, has } = readArguments(USAGE, ['force'])
  const config = readConfig(process.env)
  const secret = config.secret ?? (config.databaseUrl === undefined ? keptSecretIn(config.dataFolder) : undefined)
  const about = {
    version: ownVersion(),
    // One that the environment has is kept by whoever set it.
    ...(config.secret === undefined && secret !== undefined && { secret }),
    ...(secret !== undefined && { secretMark: markOf(secret) }),
  }
  const signal = stopSignal()
  let tables: Summaries = {}
  await writeCompressed(file, {
    force: has('force'),
    async content(write) {
      const driver = await openSource(config, report, signal)
      try {
        tables = await dump(driver, { about, write, onProgress: progressTo(), signal })
      } finally {
        await driver.close()
      }
    },
  })
  console.log(`${file}: ${listOf(tables)}, ${(statSync(file).size / 1_000_000).toFixed(1)} MB.`)
  console.log('It holds every conversation, and the logins: keep it as you would keep the server itself.')
})
