import 'server-only'
import pg from 'pg'
import { newId } from '#lib/protocol/index.ts'
import type { Sql, SqlValue } from './sql.ts'

/** A connection that only looks: to a server in any state, changing nothing there. */
export interface Look extends Sql {
  /** True when a pooler stands between. */
  isPooled: boolean
}

const CONNECT_MS = 10_000
const HEAR_MS = 2_000

/** Connects anew; the connection is closed when `signal` aborts. */
export async function openLook(url: string, signal: AbortSignal): Promise<Look> {
  const client = await connect(url, signal)
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  return {
    // A pooler makes up a process for each client, to tell their cancel requests apart; the types do not have it.
    isPooled: rows[0]?.pid !== (client as unknown as { processID: number }).processID,
    async query<Row>(text: string, values: readonly SqlValue[] = []) {
      return (await client.query(text, values as unknown[])).rows as Row[]
    },
  }
}

/** How many ms a NOTIFY that is sent over `url` takes to whoever listens at `listenUrl`; null when it does not arrive. */
export async function hearNotify({ url, listenUrl }: { url: string; listenUrl: string }, signal: AbortSignal): Promise<number | null> {
  const [sender, listener] = await Promise.all([connect(url, signal), connect(listenUrl, signal)])
  const word = newId()
  const heard = Promise.withResolvers<number | null>()
  await listener.query('LISTEN rill_doctor')
  const began = performance.now()
  listener.on('notification', ({ payload }) => {
    if (payload === word) heard.resolve(performance.now() - began)
  })
  const timer = setTimeout(() => heard.resolve(null), HEAR_MS)
  try {
    await sender.query("SELECT pg_notify('rill_doctor', $1)", [word])
    return await heard.promise
  } finally {
    clearTimeout(timer)
  }
}

async function connect(url: string, signal: AbortSignal): Promise<pg.Client> {
  signal.throwIfAborted()
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_MS, application_name: 'rill-doctor' })
  // A connection that breaks fails its statement too: that is what is told.
  client.on('error', () => {})
  // Who gives up does not wait for how it ends.
  signal.addEventListener('abort', () => void client.end().catch(() => {}), { once: true })
  await client.connect()
  return client
}
