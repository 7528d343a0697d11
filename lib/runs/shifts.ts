import 'server-only'
import type { Worker } from './worker.ts'

/** Where a process may work only while a request is under way, as in a function, its worker works in shifts: one for each request. */
export interface Shifts {
  /** `since`: when the request came (`performance.now`). */
  open(since: number): Shift
}

export interface Shift {
  /** Aborts when the request's time is nearly over. */
  signal: AbortSignal
  /**
   * Called when the response is complete. Resolves when nothing is left to do here, or when the time is over: what is not done
   * then goes on in another shift here, or is handed over. Then the process may be frozen.
   */
  close(): Promise<void>
}

export interface ShiftsOptions {
  worker: Pick<Worker, 'idle' | 'pause' | 'resume'>
  durationMs: number
  /** What else there is to do once the runs are over. It may make more runs. */
  tidy: () => Promise<void>
  /** Makes ready for the freeze. */
  rest: () => Promise<void>
}

export function createShifts({ worker, durationMs, tidy, rest }: ShiftsOptions): Shifts {
  let openCount = 0
  return {
    open(since) {
      const over = new AbortController()
      const timer = setTimeout(() => over.abort(), Math.max(0, durationMs - (performance.now() - since)))
      openCount += 1
      worker.resume()
      return {
        signal: over.signal,
        async close() {
          const tidyInTime = async () => {
            await worker.idle()
            if (!over.signal.aborted) await tidy()
            await worker.idle()
          }
          await Promise.race([whenAborted(over.signal), tidyInTime()])
          clearTimeout(timer)
          openCount -= 1
          if (openCount > 0) return
          await worker.pause()
          if (openCount === 0) await rest()
        },
      }
    },
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
