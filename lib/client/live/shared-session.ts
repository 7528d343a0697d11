import type { RillEvent } from '#lib/protocol/index.ts'
import { followSession, pause } from '../event-stream.ts'
import { heldBack } from '../held-back.ts'
import type { Connection, EventStreamOptions } from '../line.ts'
import { pollOnce } from '../polling.ts'
import { pausesOf } from './session-news.ts'
import type { Member, Role, Tabs, Turn } from './tabs.ts'

export { tabsOn } from './tabs.ts'

/** What the tab that reads a session tells the others. */
type Shared = { events: RillEvent[] } | { connection: Connection }

/** How often a session is asked for that has no stream, and one that could not be asked for. */
const EVERY_MS = 1_000
/** The same while something comes, and a while after. */
const SOON_MS = 200
const WHILE_MS = 2_000
/** What waits while what is missing before it is asked for; past it, it is asked for too. */
const MOST_WAITING = 2_000

/**
 * Follows a session's log until `signal` aborts, or through the tab that does. Each event is taken once, and in order: what the
 * other tab said before this one listened is asked for.
 */
export function followShared(options: EventStreamOptions, signal: AbortSignal, tabs: Tabs): Promise<void> {
  const own = new AbortController()
  const over = AbortSignal.any([signal, own.signal])
  tabs.join(`session:${options.sessionId}`, new SharedSession(options, () => own.abort()), over)
  return new Promise((resolve) => {
    if (over.aborted) resolve()
    else over.addEventListener('abort', () => resolve())
  })
}

class SharedSession implements Member {
  readonly #options: EventStreamOptions
  readonly #leave: () => void
  #turn: Turn | undefined
  /** Said by the other tab, while what is missing before it is asked for. */
  #waiting: RillEvent[] | undefined

  constructor(options: EventStreamOptions, leave: () => void) {
    this.#options = options
    this.#leave = leave
  }

  onRole(role: Role, turn: Turn): void {
    this.#turn = turn
    this.#waiting = undefined
    if (role === 'leads') void followSession(this.#reading(turn.send), turn.ended)
    else if (role === 'polls') void this.#poll(turn)
    else void this.#fill(turn)
  }

  /** With what the others are told. */
  #reading(tell: (shared: Shared) => void = () => {}): EventStreamOptions {
    const { onEvents, onConnection } = this.#options
    return {
      ...this.#options,
      onEvents(events) {
        onEvents(events)
        tell({ events })
      },
      onGone: () => this.#gone(),
      onConnection(connection) {
        onConnection(connection)
        tell({ connection })
      },
    }
  }

  #gone(): void {
    this.#options.onGone()
    this.#leave()
  }

  async #poll({ send, ended: signal }: Turn): Promise<void> {
    const reading = this.#reading(send)
    const pauseFor = pausesOf(this.#options.sessionId, signal)
    let said: Connection | undefined
    let cameAt = Number.NEGATIVE_INFINITY
    while (!signal.aborted) {
      const asked = performance.now()
      const outcome = await pollOnce(reading, 0, signal)
      if (signal.aborted) return
      if (outcome === 'gone') return this.#gone()
      const connection = outcome === 'failed' ? 'lost' : 'live'
      if (connection !== said) reading.onConnection(connection)
      said = connection
      // The list tells at once of all but an answer's text.
      const now = performance.now()
      if (outcome === 'events') cameAt = now
      // Two connections are left to all tabs that ask: when they are busy, each asks more seldom.
      const soonMs = Math.min(Math.max(SOON_MS, 4 * (now - asked)), EVERY_MS)
      await pauseFor(now - cameAt < WHILE_MS ? soonMs : EVERY_MS)
    }
  }

  onData(said: unknown): void {
    const data = said as Shared
    if ('connection' in data) this.#options.onConnection(data.connection)
    else if (this.#waiting) {
      // What is left out is asked for, when what follows shows that it is missing.
      if (this.#waiting.length >= MOST_WAITING) this.#waiting.length = 0
      this.#waiting.push(...data.events)
    } else if (!this.#take(data.events) && this.#turn) {
      void this.#fill(this.#turn, data.events)
    }
  }

  /** Takes what follows; false when something is missing before. */
  #take(events: RillEvent[]): boolean {
    const position = this.#options.cursor()
    const fresh = events.filter(({ seq }) => seq > position)
    const next = fresh.filter((event, index) => event.seq === position + 1 + index)
    if (next.length > 0) this.#options.onEvents(next)
    return next.length === fresh.length
  }

  /** Asks for what is missing, and takes what waited for it. */
  async #fill({ ended: signal }: Turn, events: RillEvent[] = []): Promise<void> {
    const waiting = [...events]
    this.#waiting = waiting
    const reading = this.#reading()
    for (;;) {
      const outcome = await pollOnce(reading, 0, signal)
      if (signal.aborted) return
      if (outcome === 'gone') return this.#gone()
      if (outcome === 'failed') reading.onConnection('lost')
      else if (outcome !== 'reset') {
        const isToldOn = waiting.length > 0
        const isWhole = this.#take(waiting.splice(0))
        if (isWhole && (isToldOn || outcome === 'none')) break
      }
      if (outcome !== 'events') await pause(EVERY_MS, signal)
      if (signal.aborted) return
    }
    this.#waiting = undefined
    reading.onConnection(heldBack.isKnown() ? 'polling' : 'live')
  }
}
