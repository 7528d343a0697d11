import { parseStreamEvent, type RillEvent } from '#lib/protocol/index.ts'
import type { SseDecoder } from '#lib/sse/decode.ts'
import { noteVersion } from './version.ts'

export interface EventStreamOptions {
  sessionId: string
  /** Where to go on from; asked before each connection. */
  cursor: () => number
  onEvents: (events: RillEvent[]) => void
  /** The cursor is not in the log any more: take a fresh snapshot. The next connection waits for it. */
  onReset: () => Promise<void>
  /** The session is not there, or not any more. No more connections are made. */
  onGone: () => void
  onConnection: (connection: Connection) => void
  /** For tests. */
  fetch?: typeof globalThis.fetch
  /** Waits between connections; for tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

/** `polling`: something on the way holds streams back, and events come piece by piece. `lost` until a new connection stands. */
export type Connection = 'connecting' | 'live' | 'polling' | 'lost'

/** The server says something at once; a stream that is silent for so long from its request on is held back, or goes nowhere. */
export const FIRST_SOUND_MS = 20_000
/** The server says something every 15 s; a line that is silent for longer than twice that is dead. */
const SILENCE_MS = 35_000

/**
 * Aborts when the caller does, when nothing is heard for too long (at first: `firstSoundMs`), and when the network came back:
 * what stood before is dead.
 */
export function openLine(signal: AbortSignal, firstSoundMs: number) {
  const own = new AbortController()
  const cut = () => own.abort()
  let isSilent = false
  const onSilence = () => {
    isSilent = true
    cut()
  }
  let timer = setTimeout(onSilence, firstSoundMs)
  globalThis.addEventListener?.('online', cut)
  return {
    signal: AbortSignal.any([signal, own.signal]),
    heard() {
      clearTimeout(timer)
      timer = setTimeout(onSilence, SILENCE_MS)
    },
    /** True when silence was the end of it. */
    get isSilent() {
      return isSilent
    },
    end() {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', cut)
      own.abort()
    },
  }
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/** How long to wait for the next connection after so many failed. Random, so that a restarted server is not met by all its readers at once. */
export function waitAfter(failures: number): number {
  return Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2)
}

/** How a stream is asked for. */
export function streamRequest(signal: AbortSignal): RequestInit {
  // Some proxies hold back what they compress; some of those leave it alone when they are asked to.
  return { signal, cache: 'no-store', headers: { Accept: 'text/event-stream', 'Cache-Control': 'no-cache, no-transform' } }
}

/** Asks for what comes after the cursor: as a stream, or in one piece that is waited for so long. */
export async function requestEvents(options: EventStreamOptions, signal: AbortSignal, waitMs?: number): Promise<Response> {
  const path = `/api/sessions/${options.sessionId}/events?after=${options.cursor()}`
  const whole = waitMs === undefined ? path : `${path}&wait=${waitMs}`
  const response = await (options.fetch ?? globalThis.fetch)(whole, streamRequest(signal))
  noteVersion(response)
  return response
}

/** Hands on the events that the bytes complete; says whether there were any, or whether the stream was reset. */
export async function deliver(decoder: SseDecoder, bytes: Uint8Array, options: EventStreamOptions): Promise<'events' | 'none' | 'reset'> {
  const events: RillEvent[] = []
  for (const message of decoder.push(bytes)) {
    const event = parseStreamEvent(message.data)
    if (event?.type === 'session:reset') {
      await options.onReset()
      return 'reset'
    }
    if (event) events.push(event)
  }
  if (events.length === 0) return 'none'
  try {
    options.onEvents(events)
  } catch (error) {
    // A fault of the page: it must be seen. The line is broken off, and made anew ever more slowly.
    globalThis.reportError?.(error)
    throw error
  }
  return 'events'
}
