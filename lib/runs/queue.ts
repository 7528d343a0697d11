import 'server-only'
import { PgBoss } from 'pg-boss'
import type { Database } from '#lib/db/database.ts'
import type { Sql } from '#lib/db/sql.ts'

const QUEUE = 'runs'
const SCHEMA = 'pgboss'
/** A worker that says nothing for this long has lost its runs. */
const HEARTBEAT_SECONDS = 15
/** About pg-boss's most. A run's own limit is shorter, with the longest that a form is waited for. */
const EXPIRE_SECONDS = 23 * 60 * 60
const KEPT_SECONDS = 60 * 60

/** One attempt at a job: what it was fetched as. A later attempt is another worker's, until the run waits for a person: then it has a new job. */
export interface Job {
  id: string
  retryCount: number
}

/** The run queue: a job a run, with the run's id. Embedded and distributed alike. */
export interface RunQueue {
  /** In the caller's transaction. */
  enqueue(tx: Sql, runId: string): Promise<void>
  /** Removes a run's job, whoever has it. In the caller's transaction. */
  discard(tx: Sql, runId: string): Promise<void>
  fetch(limit: number): Promise<Job[]>
  /** Says that the jobs' worker lives. */
  touch(jobs: Job[]): Promise<void>
  complete(job: Job): Promise<void>
  /** Gives a job back: the next fetch, of any instance, gets it. */
  release(job: Job): Promise<void>
  /** Gives back all jobs of a process that is known to be dead. */
  releaseAll(runIds: string[]): Promise<void>
  /** Gives back the jobs of workers that have said nothing for too long. It also happens by itself, while the process runs. */
  recover(): Promise<void>
  /** Forgets all jobs, in the caller's transaction. */
  clear(tx: Sql): Promise<void>
  stop(): Promise<void>
}

export async function openRunQueue(db: Pick<Database, 'kind' | 'queueDb'>, onError: (error: unknown) => void): Promise<RunQueue> {
  const isEmbedded = db.kind === 'embedded'
  const boss = new PgBoss({
    db: db.queueDb,
    backend: isEmbedded ? 'pglite' : 'postgres',
    schema: SCHEMA,
    schedule: false,
    // Who else could die, embedded? The data folder's lock proves that nobody lives there.
    superviseIntervalSeconds: isEmbedded ? 60 : 2,
    monitorIntervalSeconds: isEmbedded ? 60 : 2,
    registerInstance: false,
  })
  boss.on('error', onError)
  await boss.start()
  await boss.createQueue(QUEUE, {
    policy: 'standard',
    retryLimit: 1_000,
    retryDelay: 0,
    retryBackoff: false,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireInSeconds: EXPIRE_SECONDS,
    deleteAfterSeconds: KEPT_SECONDS,
  })
  return {
    async enqueue(tx, runId) {
      await boss.send(
        QUEUE,
        {},
        { id: runId, db: { executeSql: async (text, values) => ({ rows: await tx.query(text, (values ?? []) as never) }) } },
      )
    },
    discard: async (tx, runId) => void (await tx.query(`DELETE FROM ${SCHEMA}.job WHERE name = $1 AND id = $2`, [QUEUE, runId])),
    async fetch(limit) {
      const jobs = await boss.fetch(QUEUE, { batchSize: limit, includeMetadata: true })
      return jobs.map(({ id, retryCount }) => ({ id, retryCount }))
    },
    async touch(jobs) {
      if (jobs.length > 0) await boss.touch(QUEUE, jobs)
    },
    complete: async (job) => void (await boss.complete(QUEUE, job)),
    release: async (job) => void (await boss.fail(QUEUE, job)),
    async releaseAll(runIds) {
      if (runIds.length > 0) await boss.fail(QUEUE, runIds)
    },
    recover: () => boss.supervise(QUEUE),
    clear: async (tx) => void (await tx.query(`DELETE FROM ${SCHEMA}.job WHERE name = $1`, [QUEUE])),
    stop: () => boss.stop({ close: false, graceful: false }),
  }
}
