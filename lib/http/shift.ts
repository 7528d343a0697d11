import 'server-only'
import { after } from 'next/server'
import { isServerless } from '#lib/config.ts'
import { getRuntime, type Runtime } from '#lib/runtime.ts'

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

/** For what needs no runtime, and must answer where none can be opened: the process that was started for it has opened one. */
export function restAfterAll(): void {
  if (isServerless(process.env)) after(() => getRuntime().then(({ db }) => db.rest(), ignoreClosed))
}

/** What was never opened has nothing to close; why it could not be opened was said. */
function ignoreClosed(): void {}
