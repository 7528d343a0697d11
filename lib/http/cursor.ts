import 'server-only'
import { AppError } from '#lib/protocol/index.ts'

/** The cursor that a reader names: `Last-Event-ID` (a reconnect knows more than the address) or `?after=`, else 0. */
export function readCursor(request: Request): number {
  const header = request.headers.get('last-event-id')
  const text = header ?? new URL(request.url).searchParams.get('after') ?? '0'
  const cursor = Number(text)
  if (!/^\d{1,10}$/.test(text) || cursor > 2_147_483_647) {
    throw new AppError('invalid-request', 'The cursor must be a whole number from 0: the id of the last event that was received.', {
      field: header === null ? 'after' : 'Last-Event-ID',
    })
  }
  return cursor
}
