import 'server-only'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { secretPath } from '#lib/auth/secret.ts'
import { type Config, readConfig } from '#lib/config.ts'
import { applicationNameIn } from '#lib/db/application-name.ts'
import { AppError, newId } from '#lib/protocol/index.ts'
import { report } from '#lib/report.ts'
import { listOf, progressTo, readArguments, runCommand } from './command.ts'
import type { Header } from './format.ts'
import { checkBackup, readHeader } from './read-backup.ts'
import { restore } from './restore.ts'
import { settleSecret } from './secret.ts'
import { keptSecretIn, openTarget } from './source.ts'

const USAGE = `npm run restore -- <file> [--replace] [--force]

  Puts a backup into the database that DATABASE_URL or RILL_DATA_DIR names. Rill must not run on it.
  --replace       the target may have data: it is gone then
  --force         PostgreSQL: restores although it seems that Rill is running
  --check         only looks whether the file is whole
  --print-secret  only prints the secret that signs cookies, where the backup has it`

await runCommand(async () => {
  const { file, name, has } = readArguments(USAGE, ['replace', 'force', 'check', 'print-secret'])
  if (has('print-secret')) return printSecret(await readHeader(file))
  const { header, tables } = await checkBackup(file)
  console.log(`The backup is whole: ${listOf(tables)}; made ${header.createdAt} by Rill ${header.version} (${header.from}).`)
  if (has('check')) return
  const config = readConfig(process.env)
  const driver = await openTarget(config, report)
  try {
    await restore(driver, {
      path: file,
      header,
      replace: has('replace'),
      force: has('force'),
      instanceNames: instanceNamesIn(config),
      onProgress: progressTo(tables),
      onError: report,
    })
    takeOverSecret(config, header, name)
  } finally {
    await driver.close()
  }
  console.log('Restored, and found to be as in the backup. Start Rill: answers that were being written go on.')
})

/** Instances that have the same address have the name that it gives. */
function instanceNamesIn({ databaseUrl, databaseDirectUrl }: Config): string[] {
  return [databaseUrl, databaseDirectUrl].flatMap((url) => (url === undefined ? [] : (applicationNameIn(url) ?? [])))
}

/** While the data folder is still ours. */
function takeOverSecret({ dataFolder, databaseUrl, secret }: Config, header: Header, file: string): void {
  const target = databaseUrl === undefined ? 'embedded' : 'postgres'
  const kept = target === 'embedded' ? keptSecretIn(dataFolder) : undefined
  const { keep, advice } = settleSecret({ header, target, given: secret, kept, file })
  if (keep !== undefined) keepSecret(secretPath(dataFolder), keep)
  if (advice !== undefined) console.log(advice)
}

/** Whole or not at all. */
function keepSecret(path: string, secret: string): void {
  const own = `${path}.${newId()}`
  try {
    writeFileSync(own, secret, { flag: 'wx', mode: 0o600, flush: true })
    renameSync(own, path)
  } finally {
    rmSync(own, { force: true })
  }
}

function printSecret({ secret }: Header): void {
  if (secret === undefined)
    throw new AppError('backup-refused', 'The backup has no secret: that of the server was in its environment, as RILL_SECRET.')
  console.log(secret)
}
