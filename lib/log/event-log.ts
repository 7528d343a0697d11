import type { NewEvent } from '#lib/protocol/index.ts'
import type { LogEntry } from './entry.ts'
import type { Fence } from './storage.ts'

/** What a transaction beside the log decides: the events to commit with it, and what to tell the caller. */
export interface Decision<T> {
  events: NewEvent[]
  result: T
}

/** `place` is where the first of the events will stand, and when. */
export type TransactionWork<Tx, T> = (tx: Tx, place: { seq: number; at: string }) => Promise<Decision<T>>

export interface FollowOptions {
  /** The cursor: what comes is `after + 1`, `after + 2` … */
  after: number
  /** Ends the following. */
  signal: AbortSignal
}

/** Told of the log's work: for metrics. */
export interface LogObserver {
  /** How many follow now: counted here. */
  followers: number
  /** The writer has committed so many events in one statement, of one session or several. Slow work here delays the next. */
  committed(events: number, durationMs: number): void
}

/** The next events, without gap or repetition; or, at the end, that the cursor is not in the log and where the log stands. */
export type Followed = { type: 'entries'; entries: readonly LogEntry[] } | { type: 'reset'; head: number }

export interface EventLog<Tx = unknown> {
  /**
   * Commits events of one session, in the order of the calls, and resolves with the last one's seq. With a fence, throws
   * `run-fenced` when the run has another worker or is over; `session-not-found` when the session is gone.
   */
  append(sessionId: string, events: NewEvent[], fence?: Fence): Promise<number>
  /**
   * Runs `work` in a transaction and commits the events that it decides on with it. Comes after all earlier appends of the
   * session. `work` may run again (a seq was taken, the connection broke after the commit): it must find what it did.
   */
  transact<T>(sessionId: string, work: TransactionWork<Tx, T>): Promise<T>
  /** Events after a seq, in order, at most `limit`. */
  read(sessionId: string, after: number, limit: number): Promise<LogEntry[]>
  /** Tries what only reads again while the database is away, for as long as a commit is tried. Then throws `unavailable`. */
  persist<T>(work: () => Promise<T>): Promise<T>
  /** The last seq of a session; throws `session-not-found`. */
  head(sessionId: string): Promise<number>
  /** Follows a session's log from a cursor until `signal` aborts, or the bus is closed. */
  follow(sessionId: string, options: FollowOptions): AsyncGenerator<Followed>
  /** Calls `listener` for whatever this process commits, after the commit, until the returned function is called. */
  onCommitted(listener: (entries: readonly LogEntry[]) => void): () => void
  /** Removes events of runs that finished before `before`; returns how many. */
  prune(before: Date): Promise<number>
  /** Commits what waits, then takes nothing more. */
  close(): Promise<void>
}
