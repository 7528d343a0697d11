import 'server-only'
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Config } from '#lib/config.ts'
import { AppError } from '#lib/protocol/index.ts'

/** Throws `not-found` unless the caller bears `CRON_SECRET`; without one, nobody does. */
export function checkScheduler(headers: Headers, { cronSecret }: Pick<Config, 'cronSecret'>): void {
  const given = headers.get('authorization') ?? ''
  if (cronSecret === undefined || !timingSafeEqual(digest(given), digest(`Bearer ${cronSecret}`)))
    throw new AppError('not-found', 'There is nothing here. A scheduler sends "Authorization: Bearer" and CRON_SECRET.')
}

/** Of one length, whatever is compared. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
