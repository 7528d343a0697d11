import { expect, onTestFinished } from 'vitest'
import type { ClaimedRun } from '#lib/agent/index.ts'
import type { Database } from '#lib/db/database.ts'
import { addTestUser, databaseKinds, openTestDatabase, testEach } from '#lib/db/testing/database.ts'
import { createEventLog, createMemoryBus, createSqlStorage } from '#lib/log/index.ts'
import { type NewEvent, newId } from '#lib/protocol/index.ts'
import { createSqlStore } from './sql-store.ts'
import { BY, NO_JOBS } from './testing/rig.ts'

const LATER = new Date(Date.now() + 3_600_000).toISOString()

/** A claimed run on a database whose next commit, or next read, can be made to break. */
async function openRig(kind: (typeof databaseKinds)[number]) {
  const { db, close } = await openTestDatabase(kind)
  const breaks = { commit: false, read: false }
  const lossy: Database = {
    ...db,
    async transaction(work) {
      const result = await db.transaction(work)
      if (!breaks.commit) return result
      breaks.commit = false
      throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' })
    },
    async query(text, values) {
      if (!breaks.read) return db.query(text, values)
      breaks.read = false
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
    },
  }
  const log = createEventLog(createSqlStorage(lossy), createMemoryBus())
  const store = createSqlStore(lossy, log, { jobs: NO_JOBS })
  onTestFinished(async () => {
    await store.close()
    await close()
  })
  const { id: sessionId } = await store.createSession({ ownerId: await addTestUser(db) })
  const { runId } = await store.acceptMessage({ sessionId, messageId: newId(), text: 'x' })
  const run = (await store.claimRun(runId, BY)) as ClaimedRun
  const countOf = async (type: NewEvent['type']) => (await log.read(sessionId, 0, 100)).filter((entry) => entry.type === type).length
  return { store, log, sessionId, run, breaks, countOf }
}

testEach(databaseKinds)(
  'steering whose commit was not acknowledged is in the log once, and its worker is told where that ends (%s)',
  async (kind) => {
    const { store, log, sessionId, run, breaks, countOf } = await openRig(kind)
    await store.acceptMessage({ sessionId, messageId: newId(), text: 'In French', mode: 'steer' })
    breaks.commit = true
    expect(await store.takeSteering(run)).toBe(await log.head(sessionId))
    expect(breaks.commit).toBe(false)
    expect(await countOf('message:dequeued')).toBe(1)
  },
)

testEach(databaseKinds)('a decision whose commit was not acknowledged is no conflict with itself (%s)', async (kind) => {
  const { store, run, breaks, countOf } = await openRig(kind)
  const call = { callId: 'c1', toolName: 'remove', args: {} }
  const approval = { ...call, approvalId: newId(), expiresAt: LATER, fingerprint: 'f1' }
  breaks.commit = true
  await store.requestApprovals(run, [{ type: 'llm:tool-call', runId: run.id, ...call }], [approval])
  await store.parkRun(run, [approval.approvalId])
  breaks.commit = true
  expect(await store.decide(approval.approvalId, { approved: true, by: 'me' })).toMatchObject({ isRunnable: true })
  expect(breaks.commit).toBe(false)
  expect([await countOf('approval:request'), await countOf('approval:response')]).toEqual([1, 1])
})

testEach(databaseKinds)('a database that is away for a moment between two steps is waited for (%s)', async (kind) => {
  const { store, log, sessionId, run, breaks } = await openRig(kind)
  breaks.read = true
  expect(await store.takeSteering(run)).toBe(await log.head(sessionId))
  breaks.read = true
  expect(await store.recall(sessionId, 'remove', 'f1')).toBeNull()
  expect(breaks.read).toBe(false)
})

testEach(databaseKinds)('what waits may not grow without bounds by being edited (%s)', async (kind) => {
  const { store, sessionId } = await openRig(kind)
  const ids = Array.from({ length: 12 }, () => newId())
  for (const messageId of ids) await store.acceptMessage({ sessionId, messageId, text: 'x' })
  const grown = ids.map((messageId) => store.updateQueued(sessionId, messageId, { text: 'x'.repeat(256_000) }))
  const outcomes = await Promise.allSettled(grown)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(refused.length).toBeGreaterThan(0)
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'too-many-queued' })
  expect((await store.snapshot(sessionId))?.queue).toHaveLength(12)
})
