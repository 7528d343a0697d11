import { reduce, type SessionState } from '#lib/protocol/index.ts'
import type { LogEntry } from './entry.ts'

export interface Reading {
  /** Passes over what this version cannot read, as another wrote it, rather than throw. */
  isLenient: boolean
}

/** Folds committed events onto the state that stands before them. */
export function foldEntries(state: SessionState, entries: Iterable<LogEntry>, { isLenient }: Reading): SessionState {
  let next = state
  for (const entry of entries) {
    const event = isLenient ? readable(() => entry.event) : entry.event
    next = event ? reduce(next, event) : { ...next, cursor: Math.max(next.cursor, entry.seq) }
  }
  return next
}

/** What `read` gives; undefined where it throws. Lenient: see `Reading`. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}
