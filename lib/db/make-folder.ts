import 'server-only'
import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '#lib/protocol/index.ts'

/** What other users of the machine may do. */
const OTHERS = 0o077
/** Somebody else's folder, or a file system without modes of its own. */
const REFUSALS = new Set(['EPERM', 'EROFS', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Makes a folder, its owner's alone, with those above it; one that is there is left as it is. Throws `config-invalid`, naming the folder. Node's
 * own `recursive` never returns where a file system takes no folders, as under /proc.
 */
export function makeFolder(path: string): void {
  try {
    make(path, 0o700)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError('config-invalid', `The folder ${path} cannot be made (${code}). Choose another with RILL_DATA_DIR.`, {
      cause: error,
    })
  }
}

/** Makes a folder as `makeFolder` does, and shuts other users out of one that is there, where the system lets it. */
export function makePrivateFolder(path: string): void {
  makeFolder(path)
  if (!isOpenToOthers(path)) return
  try {
    chmodSync(path, 0o700)
  } catch (error) {
    // The data is as open as it was: the doctor says so.
    if (!REFUSALS.has((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

/** True for what others than its owner may read, write or enter. Windows has no such modes. */
export function isOpenToOthers(path: string): boolean {
  return process.platform !== 'win32' && (statSync(path).mode & OTHERS) !== 0
}

function make(path: string, mode?: number): void {
  const parent = dirname(path)
  if (!existsSync(parent)) make(parent)
  // Of something else with this name, the error says that it is there.
  if (!existsSync(path) || !statSync(path).isDirectory()) mkdirSync(path, { mode })
}
