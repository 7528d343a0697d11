import 'server-only'
import { once } from 'node:events'
import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGzip, type Gzip } from 'node:zlib'
import { AppError, newId } from '#lib/protocol/index.ts'

export interface WriteOptions {
  /** Takes the place of a file that is there. */
  force?: boolean
  /** Hands over all text, some at a time; more when `write` resolves. */
  content: (write: (text: string) => Promise<void>) => Promise<void>
}

/**
 * Writes a compressed file that only its owner may read. It has its name once it is complete and on the disk; when `content`
 * throws, there is none. Throws `backup-refused` when the name is taken.
 */
export async function writeCompressed(path: string, { force = false, content }: WriteOptions): Promise<void> {
  checkFree(path, force)
  const partial = `${path}.${newId()}.partial`
  const gzip = createGzip()
  const writing = pipeline(gzip, createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }))
  // It fails where it is waited for, and where more is pushed.
  writing.catch(() => {})
  try {
    await content((text) => push(gzip, text))
    gzip.end()
    await writing
    checkFree(path, force)
    renameSync(partial, path)
  } catch (error) {
    gzip.destroy()
    await writing.catch(() => {})
    rmSync(partial, { force: true })
    throw error
  }
}

async function push(gzip: Gzip, text: string): Promise<void> {
  if (gzip.errored) throw gzip.errored
  if (!gzip.write(text)) await once(gzip, 'drain')
}

function checkFree(path: string, force: boolean): void {
  if (!force && existsSync(path))
    throw new AppError(
      'backup-refused',
      `There is a file ${path} already. Choose another name, or use --force to put the backup in its place.`,
    )
}
