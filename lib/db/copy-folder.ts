import 'server-only'
import { type BigIntStats, constants, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** What is written twice within a moment of the file system's clock has one time: times this young do not tell. */
const TELLING_MS = 2_000
const CANNOT_TELL = ''

/** Lets nobody write to the folder while `work` runs. */
export type Halted = (work: () => Promise<void>) => Promise<void>

/**
 * Copies a folder as it is at one moment, while somebody writes to it: first all of it, then, with the writing halted, what
 * has changed since. So the halt is short, however large the folder is.
 */
export async function copyLiveFolder(from: string, to: string, halted: Halted): Promise<void> {
  const copied = await copyChanged(from, to, new Map())
  await halted(async () => {
    const found = await copyChanged(from, to, copied)
    for (const path of copied.keys()) if (!found.has(path)) rmSync(join(to, path), { force: true })
  })
}

/** Copies the files that are not as `before` says. Returns how each was before it was copied, by its path. */
async function copyChanged(from: string, to: string, before: Map<string, string>): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  mkdirSync(to, { recursive: true, mode: 0o700 })
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    const path = relative(from, join(entry.parentPath, entry.name))
    if (entry.isDirectory()) mkdirSync(join(to, path), { recursive: true })
    else {
      const stats = statSync(join(from, path), { bigint: true, throwIfNoEntry: false })
      // Gone already: then it is not found the second time either.
      if (!stats) continue
      const state = stateOf(stats)
      if (state === CANNOT_TELL || state !== before.get(path)) await copyIfThere(join(from, path), join(to, path))
      found.set(path, state)
    }
  }
  return found
}

function stateOf({ ino, size, mtimeNs, ctimeNs, mtimeMs }: BigIntStats): string {
  return Date.now() - Number(mtimeMs) < TELLING_MS ? CANNOT_TELL : `${ino} ${size} ${mtimeNs} ${ctimeNs}`
}

async function copyIfThere(from: string, to: string): Promise<void> {
  try {
    // Where the file system can, no byte is copied before one of the two is written.
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
}
