import 'server-only'
import type { Config } from '#lib/config.ts'
import { MIGRATIONS_FOLDER } from '#lib/db/migrate.ts'
import type { Sql } from '#lib/db/sql.ts'
import type { Finding } from './check.ts'
import { examine } from './doctor.ts'

export type { Finding } from './check.ts'
export { STREAM_PATH, ticks } from './streaming.ts'

/** Looks at the server that this process is. */
export function examineServer({ config, secret, db }: { config: Config; secret: string; db: Sql }): Promise<Finding[]> {
  return examine({
    config,
    secret,
    openEmbedded: async () => db,
    isServing: true,
    migrationsFolder: MIGRATIONS_FOLDER,
    now: Date.now,
  })
}
