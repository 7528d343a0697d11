import 'server-only'
import { type Look, openLook } from '#lib/db/look.ts'
import { carryOut, type Finding } from './check.ts'
import { clockCheck, databaseCheck, listenCheck, migrationsCheck } from './database.ts'
import { dataFolderCheck, secretCheck } from './machine.ts'
import { providerCheck } from './provider.ts'
import { streamingCheck } from './streaming.ts'
import type { Subject } from './subject.ts'

/** Looks at everything side by side. Never throws. */
export async function examine(subject: Subject): Promise<Finding[]> {
  const ended = new AbortController()
  try {
    return await Promise.all([
      ...databaseFindings(subject, ended.signal),
      ...[secretCheck(subject), providerCheck(subject), streamingCheck(subject)].map(carryOut),
    ])
  } finally {
    ended.abort()
  }
}

function databaseFindings(subject: Subject, signal: AbortSignal): Promise<Finding>[] {
  const { config, openEmbedded } = subject
  const { databaseUrl, dataFolder } = config
  let opening: Promise<Look> | undefined
  /** One connection for all: on a full server one may be had where three may not. */
  const open = (connect: () => Promise<Look>) => () => {
    opening ??= connect()
    return opening
  }
  const checks = (connect: () => Promise<Look>) =>
    [databaseCheck, migrationsCheck, clockCheck].map((check) => carryOut(check(subject, open(connect))))
  if (databaseUrl !== undefined) return [...checks(() => openLook(databaseUrl, signal)), carryOut(listenCheck(subject))]
  const folder = carryOut(dataFolderCheck(subject))
  if (openEmbedded === null) return [none(dataFolder), folder]
  return [...checks(async () => ({ isPooled: false, query: (await openEmbedded()).query })), carryOut(listenCheck(subject)), folder]
}

async function none(dataFolder: string): Promise<Finding> {
  return { name: 'database', status: 'ok', found: `none yet: the first start makes it in ${dataFolder}` }
}
