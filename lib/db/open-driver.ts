import 'server-only'
import type { Driver } from './driver.ts'

export interface DriverOptions {
  /** A PostgreSQL server; without it the embedded database in `dataFolder`. */
  url?: string
  /** The same server around a pooler, for listening and migrations. Default: `url`. */
  directUrl?: string
  dataFolder: string
  poolSize?: number
  /** The process is frozen between requests, or soon over: no connection listens. */
  isFrozen?: boolean
  /** What the server's list of connections calls them. Default: `rill`, an instance. */
  name?: string
  onError: (error: Error) => void
}

/** Opens the database as it is. The driver's module is loaded only when it is the one in use: the embedded engine is large. */
export async function openDriver({ url, directUrl, dataFolder, ...options }: DriverOptions): Promise<Driver> {
  if (url === undefined) return (await import('./embedded.ts')).openEmbedded(dataFolder)
  const { openPostgres } = await import('./postgres.ts')
  return openPostgres({ url, directUrl: directUrl ?? url, ...options })
}
