import 'server-only'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, request } from 'node:http'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { text as textOf } from 'node:stream/consumers'
import { secretPath } from '#lib/auth/secret.ts'
import type { Config } from '#lib/config.ts'
import { withApplicationName } from '#lib/db/application-name.ts'
import { lockDataFolder } from '#lib/db/data-lock.ts'
import type { Driver } from '#lib/db/driver.ts'
import { embeddedFolder, openEmbedded } from '#lib/db/embedded.ts'
import { openDriver } from '#lib/db/open-driver.ts'
import { internalToken } from '#lib/http/internal.ts'
import { AppError, type ErrorBody } from '#lib/protocol/index.ts'
import { reasonOf } from '#lib/report.ts'
import { COPY_NAME, COPY_PATH, newCopyName, removeUnheld, tryLock } from './live-copy.ts'

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

/** The same to read from; of an embedded database that a server has open, a copy which that server makes, unless `signal` stops it.
 * It goes at the close. */
export async function openSource(config: Config, onError: (error: unknown) => void, signal?: AbortSignal): Promise<Driver> {
  if (config.databaseUrl !== undefined) return openTarget(config, onError)
  const { dataFolder } = config
  if (!existsSync(embeddedFolder(dataFolder)))
    throw new AppError('backup-refused', `There is nothing to back up: ${dataFolder} has no database. RILL_DATA_DIR names another folder.`)
  const lock = await tryLock(dataFolder)
  return lock instanceof AppError ? openCopy(config, lock, signal) : openEmbedded(dataFolder, lock)
}

/** What the data folder keeps of it. */
export function keptSecretIn(dataFolder: string): string | undefined {
  const path = secretPath(dataFolder)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

async function openCopy(config: Config, locked: AppError, signal?: AbortSignal): Promise<Driver> {
  await removeLeftCopies(config.dataFolder)
  const name = newCopyName()
  const folder = join(config.dataFolder, name)
  // Taken first: who finds a copy that nobody holds may remove it.
  const lock = await lockDataFolder(folder, 0)
  const remove = () => rmSync(folder, { recursive: true, force: true })
  try {
    await askForCopy(config, { folder: name, locked, signal })
    signal?.throwIfAborted()
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

interface Question {
  folder: string
  locked: AppError
  signal: AbortSignal | undefined
}

async function askForCopy({ ownUrl, secret, dataFolder }: Config, { folder, locked, signal }: Question): Promise<void> {
  const token = internalToken(secret ?? keptSecretIn(dataFolder) ?? '', COPY_PATH)
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const asking = { headers, body: JSON.stringify({ folder }), signal }
  const { status, text } = await post(`${ownUrl}${COPY_PATH}`, asking).catch((error: unknown) => {
    signal?.throwIfAborted()
    throw unheard(locked, `at ${ownUrl} nobody answers (${reasonOf(error)})`)
  })
  if (status === 404) throw unheard(locked, `what answers at ${ownUrl} is another server, or an older version of Rill`)
  if (status < 200 || status > 299) throw new AppError('unavailable', `The server did not copy its database. ${saidIn(status, text)}`)
  if (!existsSync(embeddedFolder(join(dataFolder, folder)))) throw unheard(locked, `the server at ${ownUrl} has another data folder`)
}

interface Asking {
  headers: Record<string, string>
  body: string
  signal: AbortSignal | undefined
}

/** Waits for the answer as long as it takes: fetch ends what has no headers after five minutes, and a copy may take longer. */
async function post(url: string, { headers, body, signal }: Asking): Promise<{ status: number; text: string }> {
  const asking = request(url, { method: 'POST', headers, agent: false, ...(signal && { signal }) })
  const responding = once(asking, 'response') as Promise<[IncomingMessage]>
  // What breaks after the headers is told where the body is read.
  asking.on('error', () => {})
  asking.end(body)
  const [response] = await responding
  return { status: response.statusCode ?? 0, text: await textOf(response) }
}

function saidIn(status: number, text: string): string {
  try {
    return (JSON.parse(text) as ErrorBody).error.message
  } catch {
    // Not in Rill's words: a proxy's page, perhaps.
    return `It answered ${status}.`
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
    await removeUnheld(join(dataFolder, name))
  }
}
