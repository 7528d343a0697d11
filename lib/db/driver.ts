import 'server-only'
import type { SqlDriverAdapterFactory } from '@prisma/client/runtime/client'
import type { Db as QueueDb } from 'pg-boss'
import type { Channel } from './channel.ts'
import type { InMigration } from './migrate.ts'
import type { TransactionalSql } from './sql.ts'

/** One way to reach PostgreSQL: embedded in this process, or a server. */
export interface Driver extends TransactionalSql {
  kind: 'embedded' | 'postgres'
  /** For what takes long: without the limits that `transaction` has. */
  inMigration: InMigration
  prismaAdapter: SqlDriverAdapterFactory
  /** The same connection as the run queue speaks to it. */
  queueDb: QueueDb
  /** Between the instances on a server; the embedded database has one process. */
  channel?: Channel
  /** Embedded: copies the database into another data folder as it is at one moment, while it is in use. It can be opened there. */
  copyTo?(dataFolder: string): Promise<void>
  /** Closes the connections that nobody uses: in a process that is frozen they would die unseen. */
  rest(): Promise<void>
  close(): Promise<void>
}
