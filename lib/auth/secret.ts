import 'server-only'
import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder } from '#lib/db/make-folder.ts'
import { newId } from '#lib/protocol/index.ts'

/** Where `keptSecret` keeps it. */
export function secretPath(dataFolder: string): string {
  return join(dataFolder, 'secret')
}

/** The secret that signs cookies, made once and kept in the data folder, readable by its owner only. */
export function keptSecret(dataFolder: string): string {
  makeFolder(dataFolder)
  const path = secretPath(dataFolder)
  // Whole or not there: a process that dies here, or another that starts at the same time, must not leave half a secret.
  const own = `${path}.${newId()}`
  writeFileSync(own, randomBytes(32).toString('base64url'), { flag: 'wx', mode: 0o600 })
  try {
    linkSync(own, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(own)
  }
  return readFileSync(path, 'utf8')
}
