import { spawn } from 'node:child_process'
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../bench/lib/provider.ts'
// @ts-expect-error: the scripts that run before anything is installed are plain JavaScript
import { ensureDebianProgram, warnWithout } from '../scripts/lib/debian-program.mjs'
import { untilListening } from './until-listening.ts'

const PROGRAM = {
  name: 'pgbouncer',
  packages: [
    ['pgbouncer'],
    ['libc-ares2', 'libcares2'],
    ['libevent-2.1-7t64', 'libevent-2.1-7'],
    ['libevent-core-2.1-7t64', 'libevent-core-2.1-7'],
  ],
  versionArgument: '--version',
}
/** It refuses to run as root. */
const NOBODY = 65_534

export interface Pooler {
  /** The database behind it, each transaction on whichever of a few connections is free. */
  url: string
  stop(): Promise<void>
}

/** A PgBouncer in transaction mode before a PostgreSQL; undefined when it cannot be had. */
export async function startPgBouncer(databaseUrl: string): Promise<Pooler | undefined> {
  const program = (await ensureDebianProgram(PROGRAM)) as { path: string; env: NodeJS.ProcessEnv } | undefined
  if (!program) {
    warnWithout(PROGRAM.name)
    return undefined
  }
  const { hostname, port: databasePort, username, pathname } = new URL(databaseUrl)
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'rill-pgbouncer-'))
  const file = join(folder, 'pgbouncer.ini')
  writeFileSync(
    file,
    `[databases]
* = host=${hostname} port=${databasePort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 4
max_client_conn = 500
`,
  )
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const path of [folder, file]) chownSync(path, NOBODY, NOBODY)
  const child = spawn(program.path, [file], {
    env: program.env,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...(isRoot && { uid: NOBODY, gid: NOBODY }),
  })
  let output = ''
  child.stderr?.on('data', (bytes) => {
    output += bytes
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilListening(port, () => {
    if (child.exitCode !== null) throw new Error(`PgBouncer ended with ${child.exitCode}:\n${output}`)
  })
  return {
    url: `postgres://${username}@127.0.0.1:${port}${pathname}`,
    async stop() {
      child.kill('SIGTERM')
      await ended
      rmSync(folder, { recursive: true })
    },
  }
}
