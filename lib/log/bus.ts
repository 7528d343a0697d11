import type { LogEntry } from './entry.ts'

/** Says that a session's log has grown to `head`; `entries` come along where they are at hand. */
export interface Notice {
  head: number
  entries?: readonly LogEntry[]
}

/** Wakes followers. It may lose notices: the log is the truth, and followers look there every `pollMs`. */
export interface Bus {
  /** How often a follower must look at the log itself, in ms; null when no notice can be lost. */
  readonly pollMs: number | null
  publish(sessionId: string, entries: readonly LogEntry[]): void
  /** Calls `listener` for each notice of the session until the returned function is called. */
  subscribe(sessionId: string, listener: (notice: Notice) => void): () => void
  close(): Promise<void>
}

/** The bus of one process. With `pollMs`, for a log that other processes write too. */
export function createMemoryBus(pollMs: number | null = null): Bus {
  const listeners = new Map<string, Set<(notice: Notice) => void>>()
  return {
    pollMs,
    publish(sessionId, entries) {
      const head = entries.at(-1)?.seq
      const readers = listeners.get(sessionId)
      if (head === undefined || !readers) return
      for (const listener of readers) listener({ head, entries })
    },
    subscribe(sessionId, listener) {
      const readers = listeners.get(sessionId) ?? new Set()
      listeners.set(sessionId, readers)
      readers.add(listener)
      return () => {
        readers.delete(listener)
        if (readers.size === 0 && listeners.get(sessionId) === readers) listeners.delete(sessionId)
      }
    },
    close: async () => listeners.clear(),
  }
}
