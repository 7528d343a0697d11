import 'server-only'
import type { Config } from '#lib/config.ts'
import { AppError } from '#lib/protocol/index.ts'
import { bears } from './bearer.ts'
import { mayOperate } from './operator.ts'

/** Throws `not-found` unless the caller bears `RILL_METRICS_TOKEN`, or is on this machine and the server is for this machine alone. */
export function checkScraper(headers: Headers, config: Pick<Config, 'isLoopback' | 'publicUrl' | 'metricsToken'>): void {
  if (!bears(headers, config.metricsToken) && !mayOperate(headers, config))
    throw new AppError('not-found', 'There is nothing here. A scraper sends "Authorization: Bearer" and RILL_METRICS_TOKEN.')
}
