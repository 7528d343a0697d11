import { parseStreamEvent, type RillEvent } from '#lib/protocol/index.ts'
import { createDecoder, type SseDecoder } from '#lib/sse/decode.ts'
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

/** `lost` until a new connection stands. */
export type Connection = 'connecting' | 'live' | 'lost'

/** The server says something every 15 s; a line that is silent for longer than twice that is dead. */
const SILENCE_MS = 35_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/** Follows a session's log until `signal` aborts: reconnects from the cursor whenever the line breaks. Does not throw. */
export async function followSession(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const wait = options.wait ?? pause
  let failures = 0
  while (!signal.aborted) {
    const outcome = await connectOnce(options, signal)
    if (signal.aborted) return
    if (outcome === 'gone') return options.onGone()
    if (outcome !== 'reset') options.onConnection('lost')
    failures = outcome === 'failed' ? failures + 1 : 0
    // Random, so that a restarted server is not met by all its readers at once.
    await wait(Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2), signal)
  }
}

/** `broke`: after the line had been alive; `failed`: it never was. */
type Outcome = 'gone' | 'failed' | 'broke' | 'reset'

async function connectOnce(options: EventStreamOptions, signal: AbortSignal): Promise<Outcome> {
  const line = watchLine(signal)
  let isAlive = false
  try {
    const response = await (options.fetch ?? globalThis.fetch)(`/api/sessions/${options.sessionId}/events?after=${options.cursor()}`, {
      signal: line.signal,
      cache: 'no-store',
      headers: { Accept: 'text/event-stream' },
    })
    noteVersion(response)
    if (response.status === 404) return 'gone'
    if (!response.ok || !response.body) return 'failed'
    options.onConnection('live')
    const decoder = createDecoder()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return isAlive ? 'broke' : 'failed'
      line.heard()
      isAlive = true
      if (await deliver(decoder, value, options)) return 'reset'
    }
  } catch {
    // Whatever broke the line, the answer is the same: connect again from the cursor.
    return isAlive ? 'broke' : 'failed'
  } finally {
    line.end()
  }
}

/** Aborts when the caller does, when nothing is heard for too long, and when the network came back: what stood before is dead. */
function watchLine(signal: AbortSignal) {
  const own = new AbortController()
  const cut = () => own.abort()
  let timer = setTimeout(cut, SILENCE_MS)
  globalThis.addEventListener?.('online', cut)
  return {
    signal: AbortSignal.any([signal, own.signal]),
    heard() {
      clearTimeout(timer)
      timer = setTimeout(cut, SILENCE_MS)
    },
    end() {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', cut)
      own.abort()
    },
  }
}

/** True when the stream was reset. */
async function deliver(decoder: SseDecoder, bytes: Uint8Array, options: EventStreamOptions): Promise<boolean> {
  const events: RillEvent[] = []
  for (const message of decoder.push(bytes)) {
    const event = parseStreamEvent(message.data)
    if (event?.type === 'session:reset') {
      await options.onReset()
      return true
    }
    if (event) events.push(event)
  }
  if (events.length > 0) options.onEvents(events)
  return false
}

/** Ends early when the network comes back, and on abort. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      globalThis.removeEventListener?.('online', end)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    globalThis.addEventListener?.('online', end)
    signal.addEventListener('abort', end)
  })
}
