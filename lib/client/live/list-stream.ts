import type { ListChange } from '#lib/protocol/index.ts'
import { createDecoder } from '#lib/sse/decode.ts'
import { pause } from '../event-stream.ts'
import { heldBack } from '../held-back.ts'
import { FIRST_SOUND_MS, openLine, streamRequest, waitAfter } from '../line.ts'
import { noteVersion } from '../version.ts'
import { parseListChange } from './list-change.ts'

export interface ListStreamOptions {
  onChange: (change: ListChange) => void
  /** False while nothing comes: then the list must be asked for. */
  onLive: (isLive: boolean) => void
}

/** Follows the visitor's list of sessions until `signal` aborts. Each connection begins with the first page. Does not throw. */
export async function followList({ onChange, onLive }: ListStreamOptions, signal: AbortSignal): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    // Where streams are held back, who reads a session finds out when they are not any more.
    const wasGood = !heldBack.isKnown() && (await streamOnce(onChange, onLive, signal))
    if (signal.aborted) return
    onLive(false)
    failures = wasGood ? 0 : failures + 1
    await pause(waitAfter(failures), signal)
  }
}

/** True when it had brought something. */
async function streamOnce(onChange: ListStreamOptions['onChange'], onLive: ListStreamOptions['onLive'], signal: AbortSignal) {
  const line = openLine(signal, FIRST_SOUND_MS)
  let hasDelivered = false
  try {
    const response = await fetch('/api/sessions/events', streamRequest(line.signal))
    noteVersion(response)
    if (!response.ok || !response.body) return false
    const decoder = createDecoder()
    const reader = response.body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      line.heard()
      for (const { data } of decoder.push(value)) {
        const change = parseListChange(data)
        if (!change) continue
        onChange(change)
        if (!hasDelivered) onLive(true)
        hasDelivered = true
      }
    }
  } catch {
    // Whatever broke the line, the answer is the same: connect again.
  } finally {
    line.end()
  }
  return hasDelivered
}
