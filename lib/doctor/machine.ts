import 'server-only'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import { secretPath } from '#lib/auth/secret.ts'
import { isOpenToOthers } from '#lib/db/make-folder.ts'
import { newId } from '#lib/protocol/index.ts'
import type { Check, Subject } from './check.ts'

const MAKE_SECRET = 'Make one with: openssl rand -base64 32'
const MB = 1024 * 1024
const FREE_MB = { warning: 1_024, failed: 100 }

/** Where the secret comes from and whether it is any good. It is never shown. */
export function secretCheck({ config }: Subject): Check {
  return {
    name: 'secret',
    limitMs: 2_000,
    change: 'Make the data folder readable for the user that runs Rill.',
    async look() {
      const path = secretPath(config.dataFolder)
      if (config.secret !== undefined) {
        const isWeak = new Set(config.secret).size < 10
        if (!isWeak) return { status: 'ok', found: 'RILL_SECRET is set' }
        return { status: 'warning', found: 'RILL_SECRET is easy to guess: it has few different characters', change: MAKE_SECRET }
      }
      if (config.databaseUrl !== undefined) {
        const kept = existsSync(path) ? ` The one in ${path} is this machine's alone.` : ''
        const change = `Set the same RILL_SECRET for every instance. ${MAKE_SECRET}`
        return { status: 'failed', found: `RILL_SECRET is not set.${kept}`, change }
      }
      if (!existsSync(path)) return { status: 'ok', found: `none yet: the first start makes it in ${path}` }
      if ((statSync(path).mode & 0o077) === 0) return { status: 'ok', found: `kept in ${path}` }
      return { status: 'warning', found: `kept in ${path}, where other users can read it`, change: `chmod 600 ${path}` }
    },
  }
}

/** The folder of the embedded database. */
export function dataFolderCheck({ config: { dataFolder } }: Subject): Check {
  return {
    name: 'data folder',
    limitMs: 5_000,
    change: `Let the user that runs Rill write to ${dataFolder}, or choose another folder with RILL_DATA_DIR.`,
    async look() {
      if (!existsSync(dataFolder)) return { status: 'ok', found: `none yet: the first start makes ${dataFolder}` }
      const probe = join(dataFolder, `doctor.${newId()}`)
      try {
        writeFileSync(probe, 'x', { flag: 'wx' })
      } finally {
        rmSync(probe, { force: true })
      }
      const { bavail, bsize } = await statfs(dataFolder)
      const freeMb = Math.floor((bavail * bsize) / MB)
      const found = `writable: ${dataFolder}, with ${freeMb < 10_240 ? `${freeMb} MB` : `${Math.floor(freeMb / 1024)} GB`} free`
      const database = join(dataFolder, 'postgres')
      if (freeMb >= FREE_MB.warning && existsSync(database) && isOpenToOthers(database))
        return { status: 'warning', found: `${database} is open to other users of this machine`, change: `chmod 700 ${database}` }
      if (freeMb >= FREE_MB.warning) return { status: 'ok', found }
      return { status: freeMb < FREE_MB.failed ? 'failed' : 'warning', found, change: 'Free some space on that disk.' }
    },
  }
}
