import { pause } from '../event-stream.ts'

const news = new EventTarget()

/** To be called when the list says that a session changed. */
export function noteChanged(sessionId: string): void {
  news.dispatchEvent(new Event(sessionId))
}

/** A pause of so many ms, which ends early when the session changed, also since the pause before. */
export function pausesOf(sessionId: string, signal: AbortSignal): (ms: number) => Promise<void> {
  let next = new AbortController()
  news.addEventListener(sessionId, () => next.abort(), { signal })
  return async (ms) => {
    if (!next.signal.aborted) await pause(ms, AbortSignal.any([signal, next.signal]))
    next = new AbortController()
  }
}
