import 'server-only'
import { AppError, MAX_WAIT_MS } from '#lib/protocol/index.ts'

/** How long a reader who polls wants to wait for an event, in ms; null when it wants a stream. */
export function readWait(request: Request): number | null {
  const text = new URL(request.url).searchParams.get('wait')
  if (text === null) return null
  const waitMs = Number(text)
  if (!/^\d{1,5}$/.test(text) || waitMs > MAX_WAIT_MS) {
    const message = `The wait must be a whole number of milliseconds from 0 to ${MAX_WAIT_MS}. Leave it out for a stream.`
    throw new AppError('invalid-request', message, { field: 'wait' })
  }
  return waitMs
}
