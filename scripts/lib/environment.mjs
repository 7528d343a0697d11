import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, SetupError } from './run.mjs'

/** Reads `.env.local` and `.env`, as Next does: what is set already stays. */
export function loadEnvironment() {
  for (const name of ['.env.local', '.env']) {
    const path = join(root, name)
    if (existsSync(path)) process.loadEnvFile(path)
  }
}

/** Where the server listens. Throws when `PORT` is no port. */
export function address() {
  const host = process.env.HOST || '127.0.0.1'
  const port = Number(process.env.PORT || 3000)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new SetupError(`PORT is "${process.env.PORT}", but must be a number from 1 to 65535.`)
  return { host, port }
}
