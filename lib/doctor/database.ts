import 'server-only'
import { hearNotify, type Look } from '#lib/db/look.ts'
import { MIGRATIONS_FOLDER, missingMigrations, unknownMigrations } from '#lib/db/migrate.ts'
import type { Check, Subject } from './check.ts'

type Connect = (signal: AbortSignal) => Promise<Look>

const REACH =
  'Check that the server runs, that this machine may connect to it, and the host, port, user, password and database in DATABASE_URL.'
const BEFORE = 'See to the database first.'
const OLDEST_VERSION = 150_000
/** Each piece of an answer waits for a commit before it is shown. */
const SLOW_MS = 50
/** Cookies, deadlines and what is kept for an hour are reckoned on both clocks. */
const CLOCK_MS = { warning: 2_000, failed: 60_000 }

export function databaseCheck({ config }: Subject, connect: Connect): Check {
  return {
    name: 'database',
    limitMs: 12_000,
    change: config.databaseUrl === undefined ? 'See what the error says; the data is in RILL_DATA_DIR.' : REACH,
    async look(signal) {
      const sql = await connect(signal)
      const [row] = await sql.query<{ version: string; number: string }>(
        "SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number",
      )
      const ms = await roundTrip(sql)
      const kind = config.databaseUrl === undefined ? `embedded PostgreSQL in ${config.dataFolder}` : 'PostgreSQL'
      const found = `${kind}, version ${row?.version}, answers in ${ms.toFixed(1)} ms${sql.isPooled ? ', through a pooler' : ''}`
      if (Number(row?.number) < OLDEST_VERSION) return { status: 'failed', found, change: 'Use PostgreSQL 15 or newer.' }
      if (ms > SLOW_MS)
        return { status: 'warning', found, change: 'Run Rill nearer to its database: every piece of text waits for a commit.' }
      return { status: 'ok', found }
    },
  }
}

/** The best of three: one may have met a busy moment. */
async function roundTrip(sql: Look): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < 3; count += 1) {
    const began = performance.now()
    await sql.query('SELECT 1')
    times.push(performance.now() - began)
  }
  return Math.min(...times)
}

export function listenCheck({ config }: Subject): Check {
  const { databaseUrl: url, databaseDirectUrl: directUrl } = config
  return {
    name: 'listen',
    limitMs: 15_000,
    change: directUrl === undefined ? REACH : REACH.replace('DATABASE_URL', 'DATABASE_DIRECT_URL'),
    async look(signal) {
      if (url === undefined) return { status: 'ok', found: 'in process: the embedded database has one server' }
      const ms = await hearNotify({ url, listenUrl: directUrl ?? url }, signal)
      if (ms !== null) return { status: 'ok', found: `a NOTIFY was heard after ${ms.toFixed(1)} ms` }
      return {
        status: 'warning',
        found: 'a NOTIFY is not heard: readers at other instances look at the log every 250 ms instead',
        change:
          directUrl === undefined
            ? 'Set DATABASE_DIRECT_URL to the same database around the pooler.'
            : 'DATABASE_DIRECT_URL must lead to the same database as DATABASE_URL, and not through a pooler.',
      }
    },
  }
}

export function migrationsCheck({ isServing }: Subject, connect: Connect): Check {
  return {
    name: 'migrations',
    limitMs: 12_000,
    change: BEFORE,
    async look(signal) {
      const sql = await connect(signal)
      const missing = (await missingMigrations(MIGRATIONS_FOLDER, sql)).map(({ name }) => name)
      const unknown = await unknownMigrations(MIGRATIONS_FOLDER, sql)
      if (missing.length > 0) {
        const change = isServing ? 'Restart Rill: it applies them when it starts.' : 'Start Rill: it applies them.'
        return { status: isServing ? 'failed' : 'warning', found: `missing: ${missing.join(', ')}`, change }
      }
      if (unknown.length === 0) return { status: 'ok', found: 'all are applied' }
      const change = 'A newer Rill was here: deploy that version, or restore a backup from before it.'
      return { status: 'warning', found: `unknown to this version: ${unknown.join(', ')}`, change }
    },
  }
}

export function clockCheck({ config, now = Date.now }: Subject, connect: Connect): Check {
  return {
    name: 'clock',
    limitMs: 12_000,
    change: BEFORE,
    async look(signal) {
      if (config.databaseUrl === undefined) return { status: 'ok', found: "the embedded database goes by this machine's" }
      const sql = await connect(signal)
      const before = now()
      const [row] = await sql.query<{ ms: number }>('SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms')
      const offMs = (before + now()) / 2 - (row?.ms ?? Number.NaN)
      const size = Math.abs(offMs)
      const found = `${(size / 1_000).toFixed(1)} s ${offMs > 0 ? 'ahead of' : 'behind'} the database's`
      if (size < CLOCK_MS.warning) return { status: 'ok', found: `agrees with the database's (${Math.round(size)} ms)` }
      return {
        status: size < CLOCK_MS.failed ? 'warning' : 'failed',
        found,
        change: 'Turn on time synchronisation (NTP) on both machines.',
      }
    },
  }
}
