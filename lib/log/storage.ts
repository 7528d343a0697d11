import type { AppError } from '#lib/protocol/index.ts'
import type { LogEntry, LogRow } from './entry.ts'

/** Which worker writes: rows are taken only while the run is running at this epoch. */
export interface Fence {
  runId: string
  epoch: number
}

export type FencedRow = LogRow & { epoch: number | null }

/** Nothing was written: a seq is taken, a run has another worker or is over, or a session is gone. Look, correct, try again. */
export class InsertRefused extends Error {
  override readonly name = 'InsertRefused'
}

/** Where a log's rows are kept. `Tx` is what a transaction hands to those who write beside the log. */
export interface LogStorage<Tx> {
  /** Writes all rows or none. Throws `InsertRefused` when a row may not be written. */
  insert(rows: readonly FencedRow[], tx?: Tx): Promise<void>
  /** Runs `work` in a transaction. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** The last seq of each session that exists (0 before its first event), and the epoch of each run that is running. */
  inspect(sessionIds: readonly string[], runIds: readonly string[]): Promise<{ heads: Map<string, number>; epochs: Map<string, number> }>
  /** Events after a seq, in order, at most `limit`. */
  read(sessionId: string, after: number, limit: number): Promise<LogEntry[]>
  /** Events after a seq of each session, in order, at most `limit` a session. */
  readMany(after: ReadonlyMap<string, number>, limit: number): Promise<LogEntry[]>
  /** Removes events of runs that finished before `before`. Returns how many. The last event of a session stays. */
  prune(before: Date): Promise<number>
  /** Why the rows cannot be reached for now, when the failure leaves open whether what was sent was done; else undefined. */
  outageOf(error: unknown): AppError | undefined
}
