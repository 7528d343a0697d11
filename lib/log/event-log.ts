import { AppError, type NewEvent } from '#lib/protocol/index.ts'
import type { Bus } from './bus.ts'
import { type LogEntry } from './entry.ts'
import { GroupCommit } from './group-commit.ts'
import { type FollowOptions, follow, type Followed } from './follow.ts'
import type { Fence, LogStorage } from './storage.ts'

/** What a transaction beside the log decides: the events to commit with it, and what to tell the caller. */
export interface Decision<T> {
  events: NewEvent[]
  result: T
}

/** `place` is where the first of the events will stand, and when. */
export type TransactionWork<Tx, T> = (tx: Tx, place: { seq: number; at: string }) => Promise<Decision<T>>

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
  /** The last seq of a session; throws `session-not-found`. */
  head(sessionId: string): Promise<number>
  /** Follows a session's log from a cursor until `signal` aborts. */
  follow(sessionId: string, options: FollowOptions): AsyncGenerator<Followed>
  /** Calls `listener` for whatever this process commits, after the commit, until the returned function is called. */
  onCommitted(listener: (entries: readonly LogEntry[]) => void): () => void
  /** Removes events of runs that finished before `before`; returns how many. */
  prune(before: Date): Promise<number>
  /** Commits what waits, then takes nothing more. */
  close(): Promise<void>
}

export interface LogOptions {
  /** How long a commit is tried again while the database cannot be reached, in ms. Default 30,000. */
  retryForMs?: number
}

/** A log over any storage: one writer, one bus. */
export function createEventLog<Tx>(storage: LogStorage<Tx>, bus: Bus, options: LogOptions = {}): EventLog<Tx> {
  const listeners = new Set<(entries: readonly LogEntry[]) => void>()
  const writer = new GroupCommit(storage, options.retryForMs ?? 30_000, (sessionId, entries) => {
    bus.publish(sessionId, entries)
    for (const listener of listeners) listener(entries)
  })
  const log: EventLog<Tx> = {
    append: (sessionId, events, fence) => writer.append(sessionId, events, fence),
    transact: (sessionId, work) => writer.transact(sessionId, work),
    read: (sessionId, after, limit) => storage.read(sessionId, after, limit),
    async head(sessionId) {
      const { heads } = await storage.inspect([sessionId], [])
      const head = heads.get(sessionId)
      if (head === undefined) throw new AppError('session-not-found', 'There is no such session.')
      return head
    },
    follow: (sessionId, followOptions) => follow(log, bus, sessionId, followOptions),
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    prune: (before) => storage.prune(before),
    close: () => writer.close(),
  }
  return log
}
