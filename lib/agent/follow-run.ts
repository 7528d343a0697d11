import type { EventLog } from '#lib/log/index.ts'
import { AppError, type ErrorCode, type RillEvent } from '#lib/protocol/index.ts'

/**
 * A run's events after a cursor, to `run:complete`, and the making of its session. A failed run then throws an `AppError` with the
 * code of its `llm:error`. Leaving the loop leaves the run going.
 */
export async function* followRun(
  log: EventLog,
  { sessionId, runId, after }: { sessionId: string; runId: string; after: number },
): AsyncGenerator<RillEvent> {
  const leave = new AbortController()
  let failure: AppError | undefined
  try {
    for await (const followed of log.follow(sessionId, { after, signal: leave.signal })) {
      if (followed.type === 'reset')
        throw new AppError('reader-too-slow', 'The events of this run are no longer kept. Read the session instead.')
      for (const { event } of followed.entries) {
        const isOfSession = event.type === 'session:created'
        if (!isOfSession && (!('runId' in event) || event.runId !== runId)) continue
        if (event.type === 'llm:error') failure = new AppError(event.code as ErrorCode, event.message, { recoverable: event.recoverable })
        yield structuredClone(event)
        if (event.type === 'run:complete') {
          if (failure) throw failure
          return
        }
      }
    }
    throw new AppError('not-started', 'The agent was stopped before the run ended.')
  } finally {
    leave.abort()
  }
}
