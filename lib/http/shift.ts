import 'server-only'
import { after } from 'next/server'
import type { Runtime } from '#lib/runtime.ts'

/** A process that is younger was started for its request, which waited meanwhile: its time began with the process's. */
const LONGEST_START_MS = 15_000

/**
 * Where the process may work only while a request is under way: lets it work for this one, beyond the response.
 * `arrivedAt`: when the request came, before the runtime was opened for it (`performance.now`). The signal is the shift's.
 */
export function openShift({ shifts }: Pick<Runtime, 'shifts'>, arrivedAt: number): AbortSignal | undefined {
  const shift = shifts?.open(arrivedAt < LONGEST_START_MS ? 0 : arrivedAt)
  if (shift) after(() => shift.close())
  return shift?.signal
}

/** For what begins no work, as a page: where the process may be frozen after the response, its connections would die unseen. */
export function restAfter({ shifts, db }: Pick<Runtime, 'shifts' | 'db'>): void {
  if (shifts) after(() => db.rest())
}
