import 'server-only'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { Config } from '#lib/config.ts'
import type { Database } from '#lib/db/database.ts'
import { AppError } from '#lib/protocol/index.ts'

/** Where `npm run backup` asks a server that runs. */
export const COPY_PATH = '/api/internal/copy'

/** Folders within the data folder, each with a copy of the database. */
export const COPY_PREFIX = 'backup-'

export const copyRequest = z.strictObject({ folder: z.string().check(z.regex(/^backup-[0-9a-f-]{36}$/)) })

/** Copies the embedded database of this server, as it is at one moment, into a folder within its data folder. */
export async function copyDatabase({ db, config }: { db: Database; config: Config }, folder: string): Promise<void> {
  if (!db.copyTo) throw new AppError('invalid-request', 'This server has no embedded database.')
  await db.copyTo(join(config.dataFolder, folder))
}
