import type { Bus, Notice } from './bus.ts'
import type { LogEntry } from './entry.ts'
import type { EventLog, Followed, FollowOptions, LogObserver } from './event-log.ts'

const PAGE = 500
/** What waits for a slow reader in memory; past it the reader is served from the log. */
const INBOX_LIMIT = 1_000

/**
 * Registers with the bus, then reads the log, then goes live: nothing falls between. What the bus did not bring, or brought
 * too fast for this reader, is read from the log, so a reader's memory is bounded and its events have no gap.
 */
export async function* follow(
  log: Pick<EventLog, 'read' | 'head'>,
  bus: Bus,
  sessionId: string,
  { after, signal }: FollowOptions,
  counts: Pick<LogObserver, 'followers'>,
): AsyncGenerator<Followed> {
  const inbox = new Inbox(signal, bus)
  const unsubscribe = bus.subscribe(sessionId, (notice) => inbox.put(notice))
  let cursor = after
  counts.followers += 1
  try {
    if (after > (await log.head(sessionId))) {
      yield { type: 'reset', head: await log.head(sessionId) }
      return
    }
    while (!inbox.isLeft) {
      const live = inbox.take(cursor)
      // What is missing then is read from the log elsewhere: its storage closes too.
      if (inbox.isClosed && !live?.length) return
      const entries = live ?? (await log.read(sessionId, cursor, PAGE))
      const first = entries[0]
      if (!first) {
        await inbox.waitForMore()
        continue
      }
      if (first.seq > cursor + 1) {
        yield { type: 'reset', head: await log.head(sessionId) }
        return
      }
      if (!live && entries.length === PAGE) inbox.markBehind()
      cursor = entries.at(-1)?.seq ?? cursor
      yield { type: 'entries', entries }
    }
  } finally {
    counts.followers -= 1
    unsubscribe()
    inbox.close()
  }
}

/** What the bus brought and the reader has not taken yet. */
class Inbox {
  #entries: LogEntry[] = []
  /** True when the log may hold what is not here. At first nothing is known. */
  #isBehind = true
  isClosed = false
  /** Noted, not asked of the signal: one that follows others is slow to ask. */
  isLeft: boolean
  #wake: (() => void) | undefined
  readonly #bus: Pick<Bus, 'pollMs'>
  readonly #signal: AbortSignal
  readonly #onAbort = () => {
    this.isLeft = true
    this.#wake?.()
  }

  constructor(signal: AbortSignal, bus: Pick<Bus, 'pollMs'>) {
    this.#signal = signal
    this.#bus = bus
    this.isLeft = signal.aborted
    signal.addEventListener('abort', this.#onAbort)
  }

  put(notice: Notice): void {
    if (notice === 'closed') this.isClosed = true
    else this.#add(notice.entries)
    this.#wake?.()
  }

  #add(entries: readonly LogEntry[] | undefined): void {
    if (!entries || this.#entries.length + entries.length > INBOX_LIMIT) {
      this.#isBehind = true
      this.#entries = []
    } else if (!this.#isBehind) {
      this.#entries.push(...entries)
    }
  }

  /** The entries that follow the cursor; none when all was taken; undefined when the log must be read. */
  take(cursor: number): LogEntry[] | undefined {
    if (this.#isBehind) {
      this.#isBehind = false
      return undefined
    }
    const entries = this.#entries.filter((entry) => entry.seq > cursor)
    this.#entries = []
    return entries.length === 0 || isContiguous(entries, cursor) ? entries : undefined
  }

  markBehind(): void {
    this.#isBehind = true
  }

  /** Waits for a notice, the poll interval or the abort. */
  async waitForMore(): Promise<void> {
    if (this.#entries.length > 0 || this.#isBehind || this.isClosed || this.isLeft) return
    const { pollMs } = this.#bus
    let timer: ReturnType<typeof setTimeout> | undefined
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      if (pollMs === null) return
      timer = setTimeout(() => {
        this.#isBehind = true
        resolve()
      }, pollMs)
    })
    clearTimeout(timer)
    this.#wake = undefined
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#onAbort)
  }
}

function isContiguous(entries: readonly LogEntry[], cursor: number): boolean {
  return entries.every((entry, index) => entry.seq === cursor + 1 + index)
}
