import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { root, run, SetupError } from './run.mjs'

const CACHE = join(root, '.cache')
const LIBRARIES = ['usr/lib/x86_64-linux-gnu', 'usr/lib/aarch64-linux-gnu']

/**
 * A server for the tests: the one that is here, else the program out of Debian's packages, unpacked beside the project: an
 * installed one would begin to serve. Undefined when it cannot be had. `packages`: each by its names on newer and older
 * systems. `versionArgument` makes it say its version and end.
 * @param {{ name: string, packages: string[][], versionArgument: string }} wanted
 * @returns {Promise<{ path: string, env: NodeJS.ProcessEnv } | undefined>}
 */
export async function ensureDebianProgram(wanted) {
  return (await find(wanted)) ?? (await unpack(wanted))
}

/** Says loudly that there is none; where everything must be tested that is an error. */
export function warnWithout(name) {
  const line = '='.repeat(78)
  console.warn(`${line}\nSKIPPED: the tests behind ${name}. None was found, and none could be had; install it.\n${line}`)
  if (process.env.CI) throw new SetupError(`CI must test behind ${name}.`)
}

async function find({ name, versionArgument }) {
  const own = join(CACHE, name)
  // Where it was unpacked, so were its libraries.
  const unpacked = { ...process.env, LD_LIBRARY_PATH: LIBRARIES.map((folder) => join(own, folder)).join(':') }
  const folders = ['/usr/sbin', ...(process.env.PATH ?? '').split(':')]
  const programs = [
    ...folders.map((folder) => ({ path: join(folder, name), env: process.env })),
    { path: join(own, 'usr/sbin', name), env: unpacked },
  ]
  for (const program of programs.filter(({ path }) => existsSync(path))) {
    // One from the package may lack a library here.
    if ((await run(program.path, [versionArgument], { quiet: true, limitMs: 10_000, env: program.env })).code === 0) return program
  }
}

async function unpack(wanted) {
  if (!existsSync('/usr/bin/apt-get') || !existsSync('/usr/bin/dpkg-deb')) return undefined
  console.log(`Getting ${wanted.name} for the tests…`)
  if (process.getuid?.() === 0) await run('apt-get', ['update'], { quiet: true, limitMs: 300_000 })
  mkdirSync(CACHE, { recursive: true })
  const folder = mkdtempSync(join(CACHE, `${wanted.name}-`))
  try {
    for (const names of wanted.packages) await unpackOne(names, folder)
    if (!existsSync(join(folder, 'files/usr/sbin', wanted.name))) return undefined
    rmSync(join(CACHE, wanted.name), { recursive: true, force: true })
    renameSync(join(folder, 'files'), join(CACHE, wanted.name))
    return await find(wanted)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The first of the names that there is. */
async function unpackOne(names, folder) {
  for (const name of names) {
    await run('apt-get', ['download', name], { quiet: true, limitMs: 120_000, cwd: folder })
    const file = readdirSync(folder).find((one) => one.startsWith(`${name}_`))
    if (!file) continue
    await run('dpkg-deb', ['-x', file, 'files'], { quiet: true, limitMs: 60_000, cwd: folder })
    return
  }
}
