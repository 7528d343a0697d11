import 'server-only'
import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { AppError } from '#lib/protocol/index.ts'

/**
 * Makes a folder with those above it; one that is there is left as it is. Throws `config-invalid`, naming the folder. Node's
 * own `recursive` never returns where a file system takes no folders, as under /proc.
 */
export function makeFolder(path: string): void {
  try {
    make(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new AppError('config-invalid', `The folder ${path} cannot be made (${code}). Choose another with RILL_DATA_DIR.`, {
      cause: error,
    })
  }
}

function make(path: string): void {
  const parent = dirname(path)
  if (!existsSync(parent)) make(parent)
  // Of something else with this name, the error says that it is there.
  if (!existsSync(path) || !statSync(path).isDirectory()) mkdirSync(path)
}
