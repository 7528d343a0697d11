import 'server-only'
import type { Config } from '#lib/config.ts'
import { AppError } from '#lib/protocol/index.ts'
import { bears } from './bearer.ts'

/** Throws `not-found` unless the caller bears `CRON_SECRET`; without one, nobody does. */
export function checkScheduler(headers: Headers, { cronSecret }: Pick<Config, 'cronSecret'>): void {
  if (!bears(headers, cronSecret))
    throw new AppError('not-found', 'There is nothing here. A scheduler sends "Authorization: Bearer" and CRON_SECRET.')
}
