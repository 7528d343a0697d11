import 'server-only'
import pg from 'pg'
import { newId } from '#lib/protocol/index.ts'
import { withApplicationName } from './application-name.ts'

/** PostgreSQL refuses 8,000 bytes and more. */
const MAX_PAYLOAD_BYTES = 7_500

const NAME = 'rill'
const RETRY_MS = { first: 100, most: 5_000 }
/** A listener that does not hear itself is behind a pooler that gives each statement another connection. */
const HEAR_MS = 2_000
const DEAF_RETRY_MS = 60_000
/** A connection that died without a word is found within two of these. */
const PROBE_MS = 10_000

/** Messages between the instances on one database. They wake, and carry nothing that is not in the database: any may be lost. */
export interface Channel {
  /** True while what others send arrives here. */
  readonly isUp: boolean
  /** To every instance, this one too. Throws a `RangeError` when `text` is too long for a message. */
  send(topic: string, text: string): Promise<void>
  subscribe(topic: string, listener: (text: string) => void): void
  /** Called whenever `isUp` changes: what was sent in between was missed. */
  onChange(listener: () => void): void
  close(): Promise<void>
}

export interface ChannelOptions {
  /** A direct connection: a pooler between would not deliver. */
  url: string
  /** Sends through the pool. */
  notify: (payload: string) => Promise<unknown>
  /** Told once when LISTEN cannot be had, and why a connection was lost. */
  onError: (error: Error) => void
}

/** Listens on a connection of its own, and again when it is lost. Resolves at once: `isUp` tells when it is heard. */
export function openChannel(options: ChannelOptions): Channel {
  return new PostgresChannel(options)
}

/** How a driver's `notify` sends a payload. */
export const NOTIFY = `SELECT pg_notify('${NAME}', $1)`

class PostgresChannel implements Channel {
  isUp = false
  readonly #options: ChannelOptions
  readonly #topics = new Map<string, ((text: string) => void)[]>()
  readonly #listeners: (() => void)[] = []
  readonly #closing = new AbortController()
  readonly #closed = new Promise<void>((resolve) => {
    this.#closing.signal.addEventListener('abort', () => resolve(), { once: true })
  })
  readonly #running: Promise<void>
  #isDeafnessTold = false
  #isLossTold = false

  constructor(options: ChannelOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  async send(topic: string, text: string): Promise<void> {
    const payload = `${topic} ${text}`
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw new RangeError(`A message of ${payload.length} characters is too long.`)
    await this.#options.notify(payload)
  }

  subscribe(topic: string, listener: (text: string) => void): void {
    this.#topics.set(topic, [...(this.#topics.get(topic) ?? []), listener])
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #run(): Promise<void> {
    for (let waitMs = RETRY_MS.first; !this.#closing.signal.aborted; ) {
      const outcome = await this.#listen().catch((error: Error) => {
        this.#tellLoss(error)
        return 'lost' as const
      })
      const wasUp = this.isUp
      this.#setUp(false)
      waitMs = wasUp ? RETRY_MS.first : Math.min(waitMs * 2, RETRY_MS.most)
      await this.#wait(outcome === 'deaf' ? DEAF_RETRY_MS : waitMs)
    }
  }

  /** Listens until the connection is lost (then it throws), the channel is closed, or nothing is heard. */
  async #listen(): Promise<'closed' | 'deaf'> {
    const client = new pg.Client({
      connectionString: withApplicationName(this.#options.url, 'rill-listen'),
      connectionTimeoutMillis: 10_000,
      keepAlive: true,
      // A server that is frozen takes the login, and then says nothing.
      query_timeout: PROBE_MS,
    })
    const lost = Promise.withResolvers<never>()
    // Also where nobody waits for it yet, or any more.
    lost.promise.catch(() => {})
    client.on('error', lost.reject)
    client.on('end', () => lost.reject(new Error('The connection that listens was ended.')))
    const hello = `hello ${newId()}`
    const heard = Promise.withResolvers<true>()
    client.on('notification', ({ payload = '' }) => {
      if (payload === hello) heard.resolve(true)
      else this.#deliver(payload)
    })
    try {
      const begun = client
        .connect()
        .then(() => client.query(`LISTEN ${NAME}`))
        .then(() => this.#options.notify(hello))
      await Promise.race([begun, this.#closed])
      const isHeard = await Promise.race([heard.promise, lost.promise, this.#wait(HEAR_MS)])
      if (this.#closing.signal.aborted) return 'closed'
      if (!isHeard) return this.#tellDeaf()
      this.#isLossTold = false
      this.#setUp(true)
      while (!this.#closing.signal.aborted) {
        await Promise.race([this.#wait(PROBE_MS), lost.promise])
        await Promise.race([
          client.query('SELECT 1'),
          lost.promise,
          this.#wait(PROBE_MS).then(() => Promise.reject(new Error('The connection that listens does not answer.'))),
        ])
      }
      return 'closed'
    } finally {
      // A connection that is dead already may never say that it ended.
      await Promise.race([client.end().catch((error: Error) => this.#tellLoss(error)), this.#wait(RETRY_MS.most)])
    }
  }

  /** Once an outage: it is tried again and again. */
  #tellLoss(error: Error): void {
    if (this.#isLossTold || this.#closing.signal.aborted) return
    this.#isLossTold = true
    this.#options.onError(error)
  }

  #tellDeaf(): 'deaf' {
    if (!this.#isDeafnessTold) {
      this.#isDeafnessTold = true
      this.#options.onError(
        new Error(
          'NOTIFY does not arrive, perhaps because of a pooler: set DATABASE_DIRECT_URL. Until then the log is looked at every 250 ms.',
        ),
      )
    }
    return 'deaf'
  }

  #deliver(payload: string): void {
    const space = payload.indexOf(' ')
    for (const listener of this.#topics.get(payload.slice(0, space)) ?? []) listener(payload.slice(space + 1))
  }

  #setUp(isUp: boolean): void {
    if (this.isUp === isUp) return
    this.isUp = isUp
    for (const listener of this.#listeners) listener()
  }

  /** Ends early when the channel is closed. */
  #wait(ms: number): Promise<void> {
    const { signal } = this.#closing
    return new Promise((resolve) => {
      if (signal.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done)
    })
  }
}
