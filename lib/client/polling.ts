import { MAX_WAIT_MS } from '#lib/protocol/index.ts'
import { createDecoder } from '#lib/sse/decode.ts'
import { heldBack } from './held-back.ts'
import { deliver, type EventStreamOptions, FIRST_SOUND_MS, openLine, requestEvents } from './line.ts'

/** `switched`: the other way of reading is right from now on. */
export type PollingOutcome = 'gone' | 'failed' | 'broke' | 'reset' | 'switched'

/**
 * Reads a session's log poll by poll, each from the cursor, until a poll fails or a stream gets through again: that is tried
 * beside the polls, so that no text waits for it.
 */
export async function pollWhileHeldBack(options: EventStreamOptions, signal: AbortSignal): Promise<PollingOutcome> {
  const ended = new AbortController()
  const both = AbortSignal.any([signal, ended.signal])
  let waitMs = 0
  try {
    for (;;) {
      // Another tab found out.
      if (!heldBack.isKnown()) return 'switched'
      if (heldBack.isTrialDue()) void tryStream(options, ended, both)
      const polled = await pollOnce(options, waitMs, both)
      if (ended.signal.aborted) return 'switched'
      if (polled === 'gone' || polled === 'reset') return polled
      if (polled === 'failed') return waitMs === 0 ? 'failed' : 'broke'
      // The server gave up early, as when it is about to stop.
      if (polled === 'cut short') return 'broke'
      if (waitMs === 0) options.onConnection('polling')
      waitMs = MAX_WAIT_MS
    }
  } finally {
    ended.abort()
  }
}

/** What an answer may take beyond the time that it was asked to wait. */
const SLACK_MS = 15_000

/** One poll; what it brings is delivered. `none`: nothing came in the time; `cut short`: nor was the time waited for. */
export async function pollOnce(
  options: EventStreamOptions,
  waitMs: number,
  signal: AbortSignal,
): Promise<'gone' | 'failed' | 'reset' | 'events' | 'none' | 'cut short'> {
  const line = openLine(signal, waitMs + SLACK_MS)
  const asked = performance.now()
  try {
    const response = await requestEvents(options, line.signal, waitMs)
    if (response.status === 404) return 'gone'
    if (!response.ok || !response.headers.get('content-type')?.startsWith('text/event-stream')) return 'failed'
    const delivered = await deliver(createDecoder(), new Uint8Array(await response.arrayBuffer()), options)
    return delivered === 'none' && performance.now() - asked < waitMs / 2 ? 'cut short' : delivered
  } catch {
    // Nothing of it was delivered, unless it asked for a reset: the next one asks from the same cursor.
    return 'failed'
  } finally {
    line.end()
  }
}

/** Ends the polling when a stream is heard from. What it says is read by the one that is opened then. */
async function tryStream(options: EventStreamOptions, polling: AbortController, signal: AbortSignal): Promise<void> {
  heldBack.note()
  const line = openLine(signal, FIRST_SOUND_MS)
  try {
    const response = await requestEvents(options, line.signal)
    const first = response.ok ? await response.body?.getReader().read() : undefined
    if (!first?.value) return
    heldBack.forget()
    polling.abort()
  } catch {
    // It is silent, it broke, or the reader left: the polls go on.
  } finally {
    line.end()
  }
}
