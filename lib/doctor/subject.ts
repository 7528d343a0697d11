import 'server-only'
import type { Config } from '#lib/config.ts'
import type { Sql } from '#lib/db/sql.ts'

/** Whom the doctor looks at: a server that runs, or one that is to be started. */
export interface Subject {
  config: Config
  /** Of this server; undefined when there is none yet. */
  secret: string | undefined
  /** Opens the embedded database, or what the server has open; null when there is none yet. */
  openEmbedded: (() => Promise<Sql>) | null
  /** True when a server answers at `config.ownUrl`. */
  isServing: boolean
  migrationsFolder: string
  now: () => number
}
