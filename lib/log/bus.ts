import type { LogEntry } from './entry.ts'

/** Says that a session's log has grown; `entries` come along where they are at hand. Or that nothing more comes. */
export type Notice = { entries?: readonly LogEntry[] } | 'closed'

/** Wakes followers. It may lose notices: the log is the truth, and followers look there every `pollMs`. */
export interface Bus {
  /** How often a follower must look at the log itself, in ms; null when no notice can be lost. */
  readonly pollMs: number | null
  publish(sessionId: string, entries: readonly LogEntry[]): void
  /** Calls `listener` for each notice of the session until the returned function is called. */
  subscribe(sessionId: string, listener: (notice: Notice) => void): () => void
  /** Ends the followers. */
  close(): Promise<void>
}

/** The bus of one process. With `pollMs`, for a log that other processes write too. */
export function createMemoryBus(pollMs: number | null = null): Bus {
  const readers = new Readers()
  return {
    pollMs,
    publish: (sessionId, entries) => readers.tell(sessionId, { entries }),
    subscribe: (sessionId, listener) => readers.add(sessionId, listener),
    close: async () => readers.close(),
  }
}

/** The followers in this process, by session. */
export class Readers {
  readonly #listeners = new Map<string, Set<(notice: Notice) => void>>()
  #isClosed = false

  add(sessionId: string, listener: (notice: Notice) => void): () => void {
    const readers = this.#listeners.get(sessionId) ?? new Set()
    this.#listeners.set(sessionId, readers)
    readers.add(listener)
    if (this.#isClosed) listener('closed')
    return () => {
      readers.delete(listener)
      if (readers.size === 0 && this.#listeners.get(sessionId) === readers) this.#listeners.delete(sessionId)
    }
  }

  has(sessionId: string): boolean {
    return this.#listeners.has(sessionId)
  }

  /** The sessions that are followed. */
  sessionIds(): Iterable<string> {
    return this.#listeners.keys()
  }

  tell(sessionId: string, notice: Notice): void {
    for (const listener of this.#listeners.get(sessionId) ?? []) listener(notice)
  }

  /** Something may have been missed: all look at the log. */
  tellAll(notice: Notice = {}): void {
    for (const readers of this.#listeners.values()) for (const listener of readers) listener(notice)
  }

  close(): void {
    this.#isClosed = true
    this.tellAll('closed')
  }
}
