import { createDecoder } from '#lib/sse/decode.ts'
import { heldBack } from './held-back.ts'
import { deliver, type EventStreamOptions, FIRST_SOUND_MS, openLine, requestEvents, waitAfter } from './line.ts'
import { loadLate } from './load-late.ts'
import type { PollingOutcome } from './polling.ts'

/** A line that stood for so long, or brought something, was a good one: when it breaks, the next is tried at once. */
const GOOD_MS = 5_000

/**
 * Follows a session's log until `signal` aborts: reconnects from the cursor whenever the line breaks, and polls where streams
 * are held back on their way. Does not throw.
 */
export async function followSession(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const wait = options.wait ?? pause
  let failures = 0
  while (!signal.aborted) {
    const outcome = await (heldBack.isKnown() ? poll : streamOnce)(options, signal)
    if (signal.aborted) return
    if (outcome === 'gone') return options.onGone()
    if (outcome === 'switched') continue
    if (outcome !== 'reset') options.onConnection('lost')
    failures = outcome === 'failed' ? failures + 1 : 0
    await wait(waitAfter(failures), signal)
  }
}

/** `broke`: after the line had been good; `failed`: it never was. */
type Outcome = PollingOutcome

/** Seldom needed: its script is loaded then. */
const loadPolling = () => loadLate(() => import('./polling.ts'))

async function poll(options: EventStreamOptions, signal: AbortSignal): Promise<Outcome> {
  // A script that does not come is a network that is away: said as that, and tried again after a pause.
  const polling = await loadPolling().catch(() => null)
  return polling ? polling.pollWhileHeldBack(options, signal) : 'failed'
}

async function streamOnce(options: EventStreamOptions, signal: AbortSignal): Promise<Outcome> {
  const line = openLine(signal, FIRST_SOUND_MS)
  const opened = performance.now()
  let isHeard = false
  let hasDelivered = false
  try {
    const response = await requestEvents(options, line.signal)
    if (response.status === 404) return 'gone'
    if (!response.ok || !response.body) return 'failed'
    options.onConnection('live')
    const decoder = createDecoder()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      line.heard()
      isHeard = true
      const delivered = await deliver(decoder, value, options)
      if (delivered === 'reset') return 'reset'
      if (delivered === 'events') hasDelivered = true
    }
  } catch {
    // Whatever broke the line, the answer is the same: connect again from the cursor.
  } finally {
    line.end()
  }
  if (hasDelivered || (isHeard && performance.now() - opened > GOOD_MS)) return 'broke'
  return line.isSilent && !isHeard ? isServerThere(options, signal) : 'failed'
}

/** After a stream that was silent: when a poll gets through, it is streams that are held back. */
async function isServerThere(options: EventStreamOptions, signal: AbortSignal): Promise<Outcome> {
  const polled = await loadPolling().then(
    ({ pollOnce }) => pollOnce(options, 0, signal),
    () => 'failed' as const,
  )
  if (polled === 'gone' || polled === 'failed') return polled
  heldBack.note()
  return polled === 'reset' ? 'reset' : 'switched'
}

/** Ends early when the network comes back, and on abort. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
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
