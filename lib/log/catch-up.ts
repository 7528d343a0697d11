import type { Readers } from './bus.ts'
import type { LogEntry } from './entry.ts'
import type { LogStorage } from './storage.ts'

/** Sessions that are looked at in one statement, and events of one session that it brings at most. */
const MOST_SESSIONS = 500
const MOST_EVENTS = 500

export type CatchUpSource = Pick<LogStorage<unknown>, 'inspect' | 'readMany'>

/**
 * Brings what other instances committed to the followers here: for all sessions that grew together, one statement at a time,
 * however many follow. A session of which it does not know where its followers are, they read by themselves.
 */
export class CatchUp {
  readonly #source: CatchUpSource
  readonly #readers: Readers
  /** The last seq that the followers of a session were given, or have read past. */
  readonly #heads = new Map<string, number>()
  readonly #waiting = new Set<string>()
  #isReading = false
  #reading = Promise.resolve()

  constructor(source: CatchUpSource, readers: Readers) {
    this.#source = source
    this.#readers = readers
  }

  /** The followers of a session, if it has any, were given its events up to `seq`. */
  gave(sessionId: string, seq: number): void {
    if (this.#readers.has(sessionId) && seq > (this.#heads.get(sessionId) ?? 0)) this.#heads.set(sessionId, seq)
  }

  forget(sessionId: string): void {
    this.#heads.delete(sessionId)
  }

  /** These sessions grew elsewhere. What is said meanwhile goes with the next statement. */
  want(sessionIds: Iterable<string>): void {
    for (const sessionId of sessionIds) this.#waiting.add(sessionId)
    if (!this.#isReading && this.#waiting.size > 0) this.#reading = this.#read()
  }

  /** Resolves when nothing is being read. */
  async settled(): Promise<void> {
    await this.#reading
  }

  async #read(): Promise<void> {
    this.#isReading = true
    while (this.#waiting.size > 0) {
      const sessionIds = [...this.#waiting].slice(0, MOST_SESSIONS)
      for (const sessionId of sessionIds) this.#waiting.delete(sessionId)
      try {
        await this.#bring(sessionIds)
      } catch {
        // The followers look by themselves, and meet what is wrong.
        for (const sessionId of sessionIds) this.#readers.tell(sessionId, {})
      }
    }
    this.#isReading = false
  }

  async #bring(sessionIds: string[]): Promise<void> {
    const after = new Map<string, number>()
    const unknown: string[] = []
    for (const sessionId of sessionIds) {
      const head = this.#heads.get(sessionId)
      if (head === undefined) unknown.push(sessionId)
      else after.set(sessionId, head)
    }
    if (unknown.length > 0) await this.#lookUp(unknown)
    if (after.size === 0) return
    for (const [sessionId, entries] of bySession(await this.#source.readMany(after, MOST_EVENTS))) {
      this.gave(sessionId, entries.at(-1)?.seq ?? 0)
      this.#readers.tell(sessionId, { entries })
      if (entries.length === MOST_EVENTS) this.#waiting.add(sessionId)
    }
  }

  async #lookUp(sessionIds: string[]): Promise<void> {
    const { heads } = await this.#source.inspect(sessionIds, [])
    for (const sessionId of sessionIds) {
      this.gave(sessionId, heads.get(sessionId) ?? 0)
      this.#readers.tell(sessionId, {})
    }
  }
}

function bySession(entries: LogEntry[]): Map<string, LogEntry[]> {
  return Map.groupBy(entries, (entry) => entry.sessionId)
}
