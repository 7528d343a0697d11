import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * For compose.yaml: makes, once, what no two installations may share, in a folder that its services mount. What is there stays
 * as it is. `address`: that of the database, without its password.
 */
const [folder, address] = process.argv.slice(2)
if (!folder || !address) throw new Error('Say in which folder, and where the database is.')

/** Whole or not there, whenever this process dies. */
function keep(name, text) {
  const path = join(folder, name)
  if (!existsSync(path)) {
    const own = `${path}.${randomBytes(6).toString('hex')}`
    writeFileSync(own, text, { flag: 'wx', mode: 0o600 })
    linkSync(own, path)
    rmSync(own)
  }
  return readFileSync(path, 'utf8')
}

mkdirSync(folder, { recursive: true })
keep('rill-secret', randomBytes(32).toString('base64url'))
const url = new URL(address)
url.password = keep('postgres-password', randomBytes(24).toString('base64url'))
keep('database-url', url.href)
