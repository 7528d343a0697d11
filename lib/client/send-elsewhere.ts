import { AppError, toAppError } from '#lib/protocol/index.ts'
import { type Api, api, isUnreached } from './api.ts'
import { pause } from './event-stream.ts'
import { isUnsent, storedOutbox, unsentSessions } from './outbox.ts'
import { pauseOf } from './pause.ts'

type SendApi = Pick<Api, 'sendMessage'>

/**
 * Sends what is unsent in sessions other than the one that is shown, which sends its own, until nothing is or `signal` aborts. The
 * server takes an id once: it does no harm when another tab shows the session. Does not throw.
 */
export async function sendElsewhere(shownId: string | undefined, signal: AbortSignal, by: SendApi = api): Promise<void> {
  for (let failures = 0; !signal.aborted; failures += 1) {
    let isLeft = false
    for (const sessionId of unsentSessions()) {
      if (sessionId !== shownId && !(await sendOf(sessionId, by))) isLeft = true
      if (signal.aborted) return
    }
    if (!isLeft) return
    await pause(pauseOf(failures), signal)
  }
}

/** In order. False when the server was not reached. What it refuses is told in its session. */
async function sendOf(sessionId: string, by: SendApi): Promise<boolean> {
  for (const message of storedOutbox.load(sessionId).filter(isUnsent)) {
    const { id, text, mode, replaces } = message
    try {
      await by.sendMessage(sessionId, { id, text, ...(mode && { mode }), ...(replaces !== undefined && { replaces }) })
      storedOutbox.remove(sessionId, id)
    } catch (error) {
      if (isUnreached(error)) return false
      // Of a session that is gone, the page in its place gives it back.
      if (error instanceof AppError && error.code === 'not-found') return true
      const { isWaiting: _, ...refused } = message
      storedOutbox.put(sessionId, { ...refused, status: 'failed', error: toAppError(error).message })
    }
  }
  return true
}
