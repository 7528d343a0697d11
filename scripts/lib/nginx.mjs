import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, SetupError } from './run.mjs'

const CACHE = join(root, '.cache')
const OWN = join(CACHE, 'nginx')
/** Older systems keep the program in the second. */
const PACKAGES = ['nginx', 'nginx-light']

/**
 * An nginx for the tests: the one that is here, else the program out of Debian's package, unpacked beside the project: an
 * installed one would begin to serve port 80. Undefined when there is none.
 * @returns {Promise<string | undefined>}
 */
export async function ensureNginx() {
  return (await findNginx()) ?? (await unpackNginx())
}

async function findNginx() {
  const folders = ['/usr/sbin', ...(process.env.PATH ?? '').split(':'), join(OWN, 'usr/sbin')]
  for (const program of folders.map((folder) => join(folder, 'nginx')).filter(existsSync)) {
    // One from the package may lack a library here.
    if ((await run(program, ['-v'], { quiet: true, limitMs: 10_000 })).code === 0) return program
  }
}

async function unpackNginx() {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return undefined
  console.log('Getting nginx for the tests…')
  if (process.getuid?.() === 0) await run('apt-get', ['update'], { quiet: true, limitMs: 300_000 })
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, 'nginx-'))
  try {
    for (const name of PACKAGES) {
      await run('apt-get', ['download', name], { quiet: true, limitMs: 120_000, cwd: folder })
      const file = readdirSync(folder).find((one) => one.startsWith(`${name}_`))
      if (!file) continue
      await run('dpkg-deb', ['-x', file, 'files'], { quiet: true, limitMs: 60_000, cwd: folder })
      if (!existsSync(join(folder, 'files/usr/sbin/nginx'))) continue
      rmSync(OWN, { recursive: true, force: true })
      renameSync(join(folder, 'files'), OWN)
      return await findNginx()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Says loudly that there is no nginx; where everything must be tested that is an error. */
export function warnWithoutNginx() {
  const line = '='.repeat(78)
  console.warn(`${line}\nSKIPPED: the tests behind nginx. None was found, and none could be had; install it.\n${line}`)
  if (process.env.CI) throw new SetupError('CI must test behind nginx.')
}
