import 'server-only'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Config } from '#lib/config.ts'
import { type DataLock, lockDataFolder } from '#lib/db/data-lock.ts'
import type { Database } from '#lib/db/database.ts'
import { AppError, newId } from '#lib/protocol/index.ts'

/** Where `npm run backup` asks a server that runs. */
export const COPY_PATH = '/api/internal/copy'

/** What copies of the database are called within the data folder: nothing else there is taken for one. */
export const COPY_NAME = /^backup-[0-9a-f-]{36}$/

export function newCopyName(): string {
  return `backup-${newId()}`
}

export const copyRequest = z.strictObject({ folder: z.string().check(z.regex(COPY_NAME)) })

const MB = 1024 * 1024
/** Left for the server itself, which goes on writing. */
const SPARE_MB = 100

/**
 * Copies the embedded database of this server, as it is at one moment, into a folder within its data folder. Who asked may
 * have made that folder and locked it; when the lock is gone at the end, so are they, and nothing is left.
 */
export async function copyDatabase({ db, config }: { db: Database; config: Config }, folder: string): Promise<void> {
  if (!db.copyTo) throw new AppError('invalid-request', 'This server has no embedded database.')
  await checkRoom(config.dataFolder)
  const path = join(config.dataFolder, folder)
  const isAwaited = existsSync(path)
  try {
    await db.copyTo(path)
  } finally {
    if (isAwaited) await removeUnheld(path)
  }
}

/** Removes a copy unless somebody has its lock. */
export async function removeUnheld(folder: string): Promise<void> {
  const lock = await tryLock(folder)
  if (lock instanceof AppError) return
  rmSync(folder, { recursive: true, force: true })
  lock.release()
}

/** The lock, or the error that says who has it. */
export async function tryLock(folder: string): Promise<DataLock | AppError> {
  try {
    return await lockDataFolder(folder, 0)
  } catch (error) {
    if (error instanceof AppError && error.code === 'data-folder-locked') return error
    throw error
  }
}

/** A disk that is full would stop the server. */
async function checkRoom(dataFolder: string): Promise<void> {
  const { bavail, bsize } = await statfs(dataFolder)
  const freeMb = Math.floor((bavail * bsize) / MB)
  const neededMb = Math.ceil(sizeOf(join(dataFolder, 'postgres')) / MB) + SPARE_MB
  if (freeMb < neededMb)
    throw new AppError(
      'unavailable',
      `The copy needs ${neededMb} MB in the data folder, where ${freeMb} MB are left. Make room, or stop Rill: then nothing is copied.`,
    )
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  return files.reduce((sum, { parentPath, name }) => sum + (statSync(join(parentPath, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}
