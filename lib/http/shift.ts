import 'server-only'
import { after } from 'next/server'
import type { Runtime } from '#lib/runtime.ts'

/**
 * Where the process may work only while a request is under way: lets it work for this one, beyond the response.
 * `arrivedAt`: when the request came, before the runtime was opened for it (`performance.now`). The signal is the shift's.
 */
export function openShift({ shifts }: Pick<Runtime, 'shifts'>, arrivedAt: number): AbortSignal | undefined {
  const shift = shifts?.open(arrivedAt)
  if (shift) after(() => shift.close())
  return shift?.signal
}

/** For what begins no work, as a page: where the process may be frozen after the response, its connections would die unseen. */
export function restAfter({ shifts, db }: Pick<Runtime, 'shifts' | 'db'>): void {
  if (shifts) after(() => db.rest())
}
