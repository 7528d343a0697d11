import 'server-only'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { secretPath } from '#lib/auth/secret.ts'
import type { Config } from '#lib/config.ts'
import { withApplicationName } from '#lib/db/application-name.ts'
import { type DataLock, lockDataFolder } from '#lib/db/data-lock.ts'
import type { Driver } from '#lib/db/driver.ts'
import { embeddedFolder, openEmbedded } from '#lib/db/embedded.ts'
import { openDriver } from '#lib/db/open-driver.ts'
import { internalToken } from '#lib/http/internal.ts'
import { AppError, type ErrorBody } from '#lib/protocol/index.ts'
import { reasonOf } from '#lib/report.ts'
import { COPY_NAME, COPY_PATH, newCopyName } from './live-copy.ts'

/** What the server's list of connections calls ours: a restore that saw them as others' would refuse itself. */
const NAME = 'rill-backup'

/** The database of this configuration, as it is. */
export function openTarget(config: Config, onError: (error: unknown) => void): Promise<Driver> {
  return openDriver({
    dataFolder: config.dataFolder,
    isFrozen: true,
    name: NAME,
    poolSize: 2,
    onError,
    ...(config.databaseUrl !== undefined && { url: withApplicationName(config.databaseUrl, NAME) }),
    ...(config.databaseDirectUrl !== undefined && { directUrl: withApplicationName(config.databaseDirectUrl, NAME) }),
  })
}

/** The same to read from; of an embedded database that a server has open, a copy which that server makes. It goes at the close. */
export async function openSource(config: Config, onError: (error: unknown) => void): Promise<Driver> {
  if (config.databaseUrl !== undefined) return openTarget(config, onError)
  const { dataFolder } = config
  if (!existsSync(embeddedFolder(dataFolder)))
    throw new AppError('backup-refused', `There is nothing to back up: ${dataFolder} has no database. RILL_DATA_DIR names another folder.`)
  const lock = await tryLock(dataFolder)
  return lock instanceof AppError ? openCopy(config, lock) : openEmbedded(dataFolder, lock)
}

/** What the data folder keeps of it. */
export function keptSecretIn(dataFolder: string): string | undefined {
  const path = secretPath(dataFolder)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

async function openCopy(config: Config, locked: AppError): Promise<Driver> {
  await removeLeftCopies(config.dataFolder)
  const name = newCopyName()
  const folder = join(config.dataFolder, name)
  // Taken first: who finds a copy that nobody holds may remove it.
  const lock = await lockDataFolder(folder, 0)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    await askForCopy(config, name, locked)
    // On a machine with few cores, whoever reads an answer comes first.
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL)
    const driver = await openEmbedded(folder, lock)
    return {
      ...driver,
      async close() {
        await driver.close()
        remove()
      },
    }
  } catch (error) {
    lock.release()
    remove()
    throw error
  }
}

async function askForCopy({ ownUrl, secret, dataFolder }: Config, folder: string, locked: AppError): Promise<void> {
  const token = internalToken(secret ?? keptSecretIn(dataFolder) ?? '', COPY_PATH)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const response = await fetch(`${ownUrl}${COPY_PATH}`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ folder }),
    redirect: 'manual',
  }).catch((error: unknown) => {
    throw unheard(locked, `at ${ownUrl} nobody answers (${reasonOf(error)})`)
  })
  if (response.status === 404) throw unheard(locked, `what answers at ${ownUrl} is another server, or an older version of Rill`)
  if (!response.ok) throw new AppError('unavailable', `The server did not copy its database. ${await saidIn(response)}`)
  if (!existsSync(embeddedFolder(join(dataFolder, folder)))) throw unheard(locked, `the server at ${ownUrl} has another data folder`)
}

async function saidIn(response: Response): Promise<string> {
  const text = await response.text()
  try {
    return (JSON.parse(text) as ErrorBody).error.message
  } catch {
    // Not in Rill's words: a proxy's page, perhaps.
    return `It answered ${response.status}.`
  }
}

/** Of what the lock says, the first sentence names who has the folder. */
function unheard(locked: AppError, why: string): AppError {
  const [who] = locked.message.split(/(?<=\.) /)
  return new AppError(
    'backup-refused',
    `${who} It has to be asked for the data, but ${why}. Set HOST, PORT and RILL_SECRET as that server has them, or stop it.`,
  )
}

/** Removes the copies that backups which were killed left behind: nobody holds them. What has another name is a person's. */
export async function removeLeftCopies(dataFolder: string): Promise<void> {
  const entries = readdirSync(dataFolder, { withFileTypes: true })
  for (const { name } of entries.filter((entry) => entry.isDirectory() && COPY_NAME.test(entry.name))) {
    const folder = join(dataFolder, name)
    const lock = await tryLock(folder)
    if (lock instanceof AppError) continue
    rmSync(folder, { recursive: true, force: true })
    lock.release()
  }
}

/** The lock, or the error that says who has it. */
async function tryLock(folder: string): Promise<DataLock | AppError> {
  try {
    return await lockDataFolder(folder, 0)
  } catch (error) {
    if (error instanceof AppError && error.code === 'data-folder-locked') return error
    throw error
  }
}
