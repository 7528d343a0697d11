import { AppError, type NewEvent } from '#lib/protocol/index.ts'
import { LogEntry, rowOf } from './entry.ts'
import type { TransactionWork } from './event-log.ts'
import { mergeInto } from './merge.ts'
import { type Fence, type FencedRow, InsertRefused, type LogStorage } from './storage.ts'

interface Append {
  kind: 'append'
  sessionId: string
  events: NewEvent[]
  fence: Fence | undefined
  done: PromiseWithResolvers<number>
}

interface Transaction {
  kind: 'transaction'
  sessionId: string
  run: () => Promise<void>
}

/** Appends of a session that were given their place, ready to be written. */
interface Placed {
  append: Append
  rows: FencedRow[]
}

/** Sessions whose last seq is remembered; the least recently written are forgotten first, and looked up when they return. */
const MOST_COUNTERS = 10_000
const MOST_TRIES = 100
/** Characters of one commit, unless a single event has more: its statement is several times as large. */
const MOST_CHARACTERS = 1_000_000
/** From this many appends in a commit on, the writer gathers before the next: fewer, larger commits. */
const BUSY = 2
/**
 * It gathers as long as the last commit took, so that a database which answers on this thread gets at most half of it; and longer
 * the more there was to commit: a row among 32 costs half of what it costs among 8.
 */
const GATHER_MS = { least: 1, perAppend: 0.3, most: 5 }

/**
 * The one writer of a process. While a commit is in flight, appends wait and then go together, all sessions in one insert;
 * waiting text deltas of one part merge. A seq is counted in memory; when another process took it, the storage refuses,
 * and the count is corrected. A transaction has its session to itself while it runs.
 */
export class GroupCommit<Tx> {
  readonly #storage: LogStorage<Tx>
  readonly #retryForMs: number
  readonly #committed: (sessionId: string, entries: readonly LogEntry[]) => void
  readonly #written: (events: number, durationMs: number) => void
  readonly #heads = new Map<string, number>()
  /** Sessions that a transaction has to itself. */
  readonly #reserved = new Set<string>()
  readonly #transactions = new Set<Promise<void>>()
  /** The last append of a session that is not in flight: the one that a delta may merge into. */
  readonly #tails = new Map<string, Append>()
  #waiting: (Append | Transaction)[] = []
  #running: Promise<void> | undefined
  #gatherMs = 0
  #isClosed = false

  constructor(
    storage: LogStorage<Tx>,
    retryForMs: number,
    committed: (sessionId: string, entries: readonly LogEntry[]) => void,
    written: (events: number, durationMs: number) => void = () => {},
  ) {
    this.#storage = storage
    this.#retryForMs = retryForMs
    this.#committed = committed
    this.#written = written
  }

  append(sessionId: string, events: NewEvent[], fence: Fence | undefined): Promise<number> {
    if (this.#isClosed) return Promise.reject(closedError())
    const tail = this.#tails.get(sessionId)
    const last = tail?.events.at(-1)
    const [only] = events
    if (tail && last && only && events.length === 1 && sameFence(tail.fence, fence)) {
      const merged = mergeInto(last, only)
      if (merged) {
        tail.events[tail.events.length - 1] = merged
        return tail.done.promise
      }
    }
    const append: Append = { kind: 'append', sessionId, events: [...events], fence, done: Promise.withResolvers() }
    this.#tails.set(sessionId, append)
    this.#enqueue(append)
    return append.done.promise
  }

  transact<T>(sessionId: string, work: TransactionWork<Tx, T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(closedError())
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    this.#tails.delete(sessionId)
    this.#enqueue({ kind: 'transaction', sessionId, run: () => this.#transact(sessionId, work).then(resolve, reject) })
    return promise
  }

  persist<T>(work: () => Promise<T>): Promise<T> {
    return this.#persist(performance.now() + this.#retryForMs, work)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    while (this.#running || this.#transactions.size > 0) await (this.#running ?? Promise.allSettled(this.#transactions))
  }

  #enqueue(item: Append | Transaction): void {
    this.#waiting.push(item)
    this.#start()
  }

  #start(): void {
    this.#running ??= this.#drain().finally(() => {
      this.#running = undefined
    })
  }

  async #drain(): Promise<void> {
    for (;;) {
      await gather(this.#gatherMs)
      const { appends, transactions } = this.#take()
      if (appends.length === 0 && transactions.length === 0) return
      const began = performance.now()
      if (appends.length > 0) await this.#commit(appends)
      const tookMs = performance.now() - began
      const wantedMs = Math.max(tookMs, appends.length * GATHER_MS.perAppend, GATHER_MS.least)
      this.#gatherMs = appends.length < BUSY ? 0 : Math.min(wantedMs, GATHER_MS.most)
      for (const transaction of transactions) this.#runReserved(transaction)
    }
  }

  /** All that may go now: a session's items in order, up to its first transaction, which then has the session to itself. */
  #take(): { appends: Append[]; transactions: Transaction[] } {
    const appends: Append[] = []
    const transactions: Transaction[] = []
    const later: (Append | Transaction)[] = []
    let characters = 0
    for (const item of this.#waiting) {
      // What comes after a commit that is full waits too: so the order stays.
      if (this.#reserved.has(item.sessionId) || characters > MOST_CHARACTERS) later.push(item)
      else if (item.kind === 'append') {
        appends.push(item)
        characters += charactersOf(item.events)
      } else {
        this.#reserved.add(item.sessionId)
        transactions.push(item)
      }
    }
    this.#waiting = later
    for (const append of appends) if (this.#tails.get(append.sessionId) === append) this.#tails.delete(append.sessionId)
    return { appends, transactions }
  }

  #runReserved(transaction: Transaction): void {
    const running = transaction.run().finally(() => {
      this.#transactions.delete(running)
      this.#reserved.delete(transaction.sessionId)
      if (this.#waiting.length > 0) this.#start()
    })
    this.#transactions.add(running)
  }

  async #commit(appends: Append[]): Promise<void> {
    let left = appends
    const deadline = performance.now() + this.#retryForMs
    try {
      if (left.some((append) => !this.#heads.has(append.sessionId))) left = await this.#correct(left)
      for (let tries = 1; left.length > 0; tries += 1) {
        const placed = this.#place(left)
        const began = performance.now()
        const outcome = await this.#insert(placed, deadline)
        const tookMs = performance.now() - began
        if (outcome === 'written') {
          this.#finish(placed)
          return this.#tellWritten(placed, tookMs)
        }
        if (tries >= MOST_TRIES)
          throw new AppError('unavailable', 'The log is written by too many at once. Try again.', { recoverable: true })
        left = await this.#correct(left)
      }
    } catch (error) {
      for (const append of left) this.#heads.delete(append.sessionId)
      // One append that the database will never take must not take the others with it.
      if (left.length > 1 && !(error instanceof AppError)) for (const append of left) await this.#commit([append])
      else for (const append of left) append.done.reject(error)
    }
  }

  /** What is committed is committed, whatever is thrown here. */
  #tellWritten(placed: Placed[], durationMs: number): void {
    try {
      this.#written(
        placed.reduce((count, { rows }) => count + rows.length, 0),
        durationMs,
      )
    } catch (error) {
      console.error('An observer of the log threw:', error)
    }
  }

  #place(appends: Append[]): Placed[] {
    const at = new Date().toISOString()
    const next = new Map<string, number>()
    return appends.map((append) => {
      const { sessionId, fence } = append
      const seq = next.get(sessionId) ?? this.#headOf(sessionId) + 1
      next.set(sessionId, seq + append.events.length)
      const rows = append.events.map((event, index) => ({ ...rowOf(sessionId, seq + index, at, event), epoch: fence?.epoch ?? null }))
      return { append, rows }
    })
  }

  #headOf(sessionId: string): number {
    const head = this.#heads.get(sessionId)
    if (head === undefined) throw new TypeError(`The last seq of session ${sessionId} is not known.`)
    return head
  }

  /** Writes, and tries again while the database is away. A commit whose answer was lost is found, not repeated. */
  async #insert(placed: Placed[], deadline: number): Promise<'written' | 'refused'> {
    const rows = placed.flatMap((one) => one.rows)
    return this.#persist(deadline, async (isAgain) => {
      if (isAgain && (await this.#stands(rows[0]))) return 'written'
      try {
        await this.#storage.insert(rows)
        return 'written'
      } catch (error) {
        // An attempt whose connection broke may have gone on, and have finished after it was looked for.
        if (error instanceof InsertRefused) return isAgain && (await this.#stands(rows[0])) ? 'written' : 'refused'
        throw error
      }
    })
  }

  async #persist<T>(deadline: number, attempt: (isAgain: boolean) => Promise<T>): Promise<T> {
    for (let waitMs = 50, isAgain = false; ; isAgain = true, waitMs = Math.min(waitMs * 2, 1_000)) {
      try {
        return await attempt(isAgain)
      } catch (error) {
        const outage = this.#storage.outageOf(error)
        if (!outage) throw error
        if (performance.now() + waitMs > deadline) throw outage
        await new Promise((resolve) => setTimeout(resolve, waitMs))
      }
    }
  }

  /** All rows of a batch or none are written, so that the first one tells. */
  async #stands(row: FencedRow | undefined): Promise<boolean> {
    if (!row) return true
    const [entry] = await this.#storage.read(row.sessionId, row.seq - 1, 1)
    return entry?.seq === row.seq && entry.at === row.at && entry.type === row.type && entry.data === row.data && entry.runId === row.runId
  }

  /** Looks up where the sessions and runs stand, rejects what may never be written, and gives back the rest. */
  async #correct(appends: Append[]): Promise<Append[]> {
    const sessionIds = [...new Set(appends.map((append) => append.sessionId))]
    const runIds = [...new Set(appends.flatMap((append) => append.fence?.runId ?? []))]
    const { heads, epochs } = await this.persist(() => this.#storage.inspect(sessionIds, runIds))
    for (const [sessionId, head] of heads) this.#remember(sessionId, head)
    return appends.filter((append) => {
      const refusal = refusalOf(append, heads, epochs)
      if (refusal) append.done.reject(refusal)
      return !refusal
    })
  }

  #remember(sessionId: string, head: number): void {
    this.#heads.delete(sessionId)
    this.#heads.set(sessionId, head)
    if (this.#heads.size <= MOST_COUNTERS) return
    const [oldest] = this.#heads.keys()
    if (oldest !== undefined) this.#heads.delete(oldest)
  }

  #finish(placed: Placed[]): void {
    const bySession = new Map<string, LogEntry[]>()
    for (const { append, rows } of placed) {
      const entries = bySession.get(append.sessionId) ?? []
      for (const [index, row] of rows.entries()) entries.push(new LogEntry(row, append.events[index]))
      bySession.set(append.sessionId, entries)
    }
    for (const [sessionId, entries] of bySession) {
      this.#remember(sessionId, entries.at(-1)?.seq ?? this.#headOf(sessionId))
      this.#committed(sessionId, entries)
    }
    for (const { append, rows } of placed) append.done.resolve(rows.at(-1)?.seq ?? this.#headOf(append.sessionId))
  }

  async #transact<T>(sessionId: string, work: TransactionWork<Tx, T>): Promise<T> {
    const deadline = performance.now() + this.#retryForMs
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#persist(deadline, (isAgain) => {
        // It may have committed after all.
        if (isAgain) this.#heads.delete(sessionId)
        return this.#tryTransaction(sessionId, work)
      })
      if (outcome) {
        if (outcome.rows.length > 0) {
          const entries = outcome.rows.map((row, index) => new LogEntry(row, outcome.events[index]))
          this.#remember(sessionId, entries.at(-1)?.seq ?? 0)
          this.#committed(sessionId, entries)
        }
        return outcome.result
      }
      this.#heads.delete(sessionId)
      if (tries >= MOST_TRIES)
        throw new AppError('unavailable', 'The session is written by too many at once. Try again.', { recoverable: true })
    }
  }

  /** Undefined when the seq was taken by another process. */
  async #tryTransaction<T>(
    sessionId: string,
    work: TransactionWork<Tx, T>,
  ): Promise<{ result: T; events: NewEvent[]; rows: FencedRow[] } | undefined> {
    const head = this.#heads.get(sessionId) ?? (await this.#storage.inspect([sessionId], [])).heads.get(sessionId) ?? 0
    try {
      return await this.#storage.transaction(async (tx) => {
        const at = new Date().toISOString()
        const { events, result } = await work(tx, { seq: head + 1, at })
        const rows = events.map((event, index) => ({ ...rowOf(sessionId, head + 1 + index, at, event), epoch: null }))
        if (rows.length > 0) await this.#storage.insert(rows, tx)
        return { result, events, rows }
      })
    } catch (error) {
      if (error instanceof InsertRefused) return undefined
      throw error
    }
  }
}

/** Lets what is ready join the commit: one turn of the event loop, under load some milliseconds. */
function gather(ms: number): Promise<void> {
  return new Promise((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)))
}

/** Of what can be long. */
function charactersOf(events: readonly NewEvent[]): number {
  let count = 0
  for (const event of events) {
    if (event.type === 'llm:chunk') count += event.content.length
    else if (event.type === 'llm:tool-call-partial') count += event.argsDelta.length
    else if (event.type === 'llm:tool-progress') count += event.text?.length ?? 0
    else if (event.type === 'llm:tool-call' || event.type === 'approval:request') count += JSON.stringify(event.args).length
    else if (event.type === 'llm:tool-result') count += JSON.stringify(event.result ?? '').length
  }
  return count
}

function sameFence(a: Fence | undefined, b: Fence | undefined): boolean {
  return a?.runId === b?.runId && a?.epoch === b?.epoch
}

function refusalOf(append: Append, heads: Map<string, number>, epochs: Map<string, number>): AppError | undefined {
  if (!heads.has(append.sessionId)) return new AppError('session-not-found', 'The session is gone.')
  if (append.fence && epochs.get(append.fence.runId) !== append.fence.epoch) {
    return new AppError('run-fenced', 'The run was taken over by another worker, or is over.')
  }
  return undefined
}

function closedError(): AppError {
  return new AppError('unavailable', 'The server is stopping. Try again in a moment.', { recoverable: true })
}
