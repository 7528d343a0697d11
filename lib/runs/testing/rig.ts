import { type AgentStore, createMemoryStore } from '#lib/agent/index.ts'
import { addTestUser, type databaseKinds, openTestDatabase } from '#lib/db/testing/database.ts'
import { createEventLog, createMemoryBus, createSqlStorage } from '#lib/log/index.ts'
import { newId } from '#lib/protocol/index.ts'
import { createSqlStore } from '../sql-store.ts'

/** A store to be tested, with an owner for its sessions. */
export interface Rig {
  store: AgentStore
  ownerId: string
  /** Runs that were made runnable, as the run queue was told. */
  runnable: string[] | null
  close(): Promise<void>
}

export const NO_JOBS = { enqueue: async () => {}, discard: async () => {} }
export const BY = { provider: 'demo', model: 'demo' }

export async function openRig(kind: 'memory' | (typeof databaseKinds)[number]): Promise<Rig> {
  return kind === 'memory' ? memoryRig() : sqlRig(kind)
}

function memoryRig(): Rig {
  const store = createMemoryStore()
  return { store, ownerId: newId(), runnable: null, close: () => store.close() }
}

async function sqlRig(kind: (typeof databaseKinds)[number]): Promise<Rig> {
  const { db, close } = await openTestDatabase(kind)
  const log = createEventLog(createSqlStorage(db), createMemoryBus())
  const runnable: string[] = []
  const store = createSqlStore(db, log, {
    jobs: { ...NO_JOBS, enqueue: async (_tx: unknown, runId: string) => void runnable.push(runId) },
  })
  return {
    store,
    ownerId: await addTestUser(db),
    runnable,
    async close() {
      await store.close()
      await close()
    },
  }
}
