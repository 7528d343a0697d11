import 'server-only'
import { type Look, openLook } from '#lib/db/look.ts'
import type { Sql } from '#lib/db/sql.ts'
import { carryOut, type Finding, type Subject } from './check.ts'
import { clockCheck, databaseCheck, listenCheck, migrationsCheck } from './database.ts'
import { dataFolderCheck, secretCheck } from './machine.ts'
import { providerCheck } from './provider.ts'
import { streamingCheck } from './streaming.ts'

type Server = Required<Pick<Subject, 'config' | 'ignored'>> & { secret: string; db: Sql }

/** Looks at the server that this process is. */
export function examineServer({ config, secret, db, ignored }: Server): Promise<Finding[]> {
  return examine({ config, secret, ignored, openEmbedded: async () => db, isServing: true })
}

/** Looks at everything side by side. Never throws. */
export function examine(subject: Subject): Promise<Finding[]> {
  const checks = [secretCheck(subject), providerCheck(subject), streamingCheck(subject)]
  return Promise.all([...databaseFindings(subject), ...checks.map(carryOut)])
}

function databaseFindings(subject: Subject): Promise<Finding>[] {
  const { config, openEmbedded } = subject
  const { databaseUrl, dataFolder } = config
  const folder = databaseUrl === undefined ? [carryOut(dataFolderCheck(subject))] : []
  const connect =
    databaseUrl === undefined ? openEmbedded && (() => asLook(openEmbedded)) : (signal: AbortSignal) => openLook(databaseUrl, signal)
  if (connect === null) return [none(dataFolder), ...folder]
  const checks = [databaseCheck, migrationsCheck, clockCheck, listenCheck]
  return [...checks.map((check) => carryOut(check(subject, connect))), ...folder]
}

async function asLook(open: () => Promise<Sql>): Promise<Look> {
  return { isPooled: false, query: (await open()).query }
}

async function none(dataFolder: string): Promise<Finding> {
  return { name: 'database', status: 'ok', found: `none yet: the first start makes it in ${dataFolder}` }
}
