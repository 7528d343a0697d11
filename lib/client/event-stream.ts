import { parseStreamEvent, type RillEvent } from '#lib/protocol/index.ts'
import { createDecoder, type SseDecoder } from '#lib/sse/decode.ts'

export interface EventStreamOptions {
  sessionId: string
  /** Where to go on from; asked before each connection. */
  cursor: () => number
  onEvents: (events: RillEvent[]) => void
  /** The cursor is not in the log any more: take a fresh snapshot. The next connection waits for it. */
  onReset: () => Promise<void>
  /** The session is gone. No more connections are made. */
  onGone: () => void
  onConnection: (connection: Connection) => void
  /** For tests. */
  fetch?: typeof globalThis.fetch
  /** Waits between connections; for tests. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

export type Connection = 'connecting' | 'live' | 'lost'

/** The server says something every 15 s; a line that is silent for longer than twice that is dead. */
const SILENCE_MS = 35_000
const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 10_000

/** Follows a session's log until `signal` aborts: reconnects from the cursor whenever the line breaks. */
export async function followSession(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const wait = options.wait ?? pause
  let failures = 0
  while (!signal.aborted) {
    options.onConnection(failures === 0 ? 'connecting' : 'lost')
    const outcome = await connectOnce(options, signal)
    if (signal.aborted || outcome === 'gone') break
    failures = outcome === 'broke-after-data' ? 0 : failures + 1
    if (failures > 0 || outcome === 'broke-after-data') options.onConnection('lost')
    // Random, so that a restarted server is not met by all its readers at once.
    await wait(Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2), signal)
  }
}

type Outcome = 'gone' | 'broke' | 'broke-after-data' | 'reset'

async function connectOnce(options: EventStreamOptions, signal: AbortSignal): Promise<Outcome> {
  const silence = new AbortController()
  let timer = setTimeout(() => silence.abort(), SILENCE_MS)
  const listenOn = () => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(), SILENCE_MS)
  }
  let hasData = false
  try {
    const response = await (options.fetch ?? globalThis.fetch)(`/api/sessions/${options.sessionId}/events?after=${options.cursor()}`, {
      signal: AbortSignal.any([signal, silence.signal]),
      cache: 'no-store',
      headers: { Accept: 'text/event-stream' },
    })
    if (response.status === 404) {
      options.onGone()
      return 'gone'
    }
    if (!response.ok || !response.body) return 'broke'
    options.onConnection('live')
    const decoder = createDecoder()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return hasData ? 'broke-after-data' : 'broke'
      listenOn()
      hasData = true
      if (await deliver(decoder, value, options)) return 'reset'
    }
  } catch {
    // Whatever broke the line, the answer is the same: connect again from the cursor.
    return hasData ? 'broke-after-data' : 'broke'
  } finally {
    clearTimeout(timer)
    silence.abort()
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

/** Ends early when the network comes back, or on abort. */
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
