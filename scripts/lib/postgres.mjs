import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run, SetupError } from './run.mjs'

/**
 * A PostgreSQL for the tests: the one that `TEST_DATABASE_URL` names, else a server of our own from programs that are here, or
 * from Debian's package when root. Undefined when there is none.
 * @returns {Promise<{ url: string, stop: () => Promise<void> } | undefined>}
 */
export async function ensurePostgres() {
  if (process.env.TEST_DATABASE_URL) return { url: process.env.TEST_DATABASE_URL, stop: async () => {} }
  return startPostgres()
}

/**
 * A server of our own, which may be halted and resumed. Undefined when PostgreSQL is not here and cannot be installed.
 * @returns {Promise<{ url: string, halt: () => Promise<void>, resume: () => Promise<void>, stop: () => Promise<void> } | undefined>}
 */
export async function startPostgres() {
  let programs = findPrograms()
  if (!programs && process.getuid?.() === 0) {
    console.log('Installing PostgreSQL for the tests…')
    await run('apt-get', ['update'], { quiet: true, limitMs: 300_000 })
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'postgresql'], {
      quiet: true,
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    })
    programs = findPrograms()
  }
  return programs ? startServer(programs) : undefined
}

function findPrograms() {
  const debian = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => `/usr/lib/postgresql/${version}/bin`)
    : []
  return [...debian, ...(process.env.PATH ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  )
}

async function startServer(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'rill-postgres-'))
  const asServer = await serverUser(folder)
  const control = (args) => asServer(join(programs, 'pg_ctl'), ['-D', join(folder, 'data'), '-w', '-t', '60', ...args])
  await asServer(join(programs, 'initdb'), ['-D', join(folder, 'data'), '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'])
  const port = await freePort()
  const settings = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c max_connections=200`
  const resume = () => control(['-l', join(folder, 'log'), '-o', settings, 'start'])
  await resume()
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    /** Ends it as an administrator would: connections are closed, what was committed is kept. */
    halt: () => control(['-m', 'fast', 'stop']),
    resume,
    async stop() {
      await control(['-m', 'immediate', 'stop'])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** PostgreSQL refuses to run as root: then its own user, which owns the folder, runs it. */
async function serverUser(folder) {
  const checked = async (command, args) => {
    const { code, output } = await run(command, args, { quiet: true, limitMs: 120_000 })
    if (code !== 0) throw new SetupError(`PostgreSQL for the tests did not start:\n${output.slice(-2_000)}`)
  }
  if (process.getuid?.() !== 0) return checked
  const [user, group] = await Promise.all(
    ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, 'postgres'], { quiet: true })).output)),
  )
  if (!Number.isInteger(user) || user === 0) throw new SetupError('PostgreSQL does not run as root, and there is no user "postgres".')
  chownSync(folder, user, group)
  return (command, args) => checked('setpriv', [`--reuid=${user}`, `--regid=${group}`, '--clear-groups', command, ...args])
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}
