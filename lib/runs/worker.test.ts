import { expect, onTestFinished } from 'vitest'
import { databaseKinds, openTestDatabase, testEach } from '#lib/db/testing/database.ts'
import { newId } from '#lib/protocol/index.ts'
import { openRunQueue } from './queue.ts'
import { type Outcome, startWorker, type Worker, type WorkerOptions } from './worker.ts'

testEach(databaseKinds)('a drained worker ends its runs or lets go of them, and others are told of what waits (%s)', async (kind) => {
  const rig = await openRig(kind)
  const [finished, letGo] = await rig.enqueue(2)
  let told = 0
  const drained = rig.start({ announce: () => told++ })
  await expect.poll(() => drained.runs.size).toBe(2)
  const draining = drained.worker.drain()
  const late = (await rig.enqueue(1))[0] as string
  drained.worker.wake()
  drained.end(finished as string, 'over')
  drained.end(letGo as string, 'handed-over')
  await draining
  expect(told).toBe(1)
  expect(new Set(drained.runs.keys())).toEqual(new Set([finished, letGo]))

  const heir = rig.start({})
  await expect.poll(() => new Set(heir.runs.keys())).toEqual(new Set([letGo, late]))
})

testEach(databaseKinds)('a worker that stops hands its runs over, and one whose run failed tries again (%s)', async (kind) => {
  const rig = await openRig(kind)
  const [runId] = (await rig.enqueue(1)) as [string]
  const errors: unknown[] = []
  const first = rig.start({ onError: (error) => errors.push(error) })
  await expect.poll(() => first.runs.has(runId)).toBe(true)
  first.runs.get(runId)?.reject(new Error('The log refused.'))
  await expect.poll(() => first.attempts).toBe(2)
  expect(errors).toEqual([new Error('The log refused.')])
  await first.worker.stop()

  const heir = rig.start({})
  await expect.poll(() => heir.runs.has(runId)).toBe(true)
})

testEach(databaseKinds)('a run that fails at once waits before it is tried again, unless the worker stops (%s)', async (kind) => {
  const rig = await openRig(kind)
  const [runId] = (await rig.enqueue(1)) as [string]
  const errors: unknown[] = []
  const first = rig.start({ onError: (error) => errors.push(error), retryMs: 60_000 })
  await expect.poll(() => first.runs.has(runId)).toBe(true)
  first.runs.get(runId)?.reject(new Error('There is no such folder.'))
  await expect.poll(() => errors).toHaveLength(1)
  first.worker.wake()
  expect(await rig.fetch()).toEqual([])
  await first.worker.stop()
  expect(first.attempts).toBe(1)
  expect(await rig.fetch()).toHaveLength(1)
})

testEach(databaseKinds)('a paused worker takes nothing and hands over what it has, and works again when told (%s)', async (kind) => {
  const rig = await openRig(kind)
  const paused = rig.start({ isPaused: true })
  const [runId] = (await rig.enqueue(1)) as [string]
  paused.worker.wake()
  await paused.worker.idle()
  expect(paused.attempts).toBe(0)

  paused.worker.resume()
  await expect.poll(() => paused.runs.has(runId)).toBe(true)
  await paused.worker.pause()
  expect(await paused.runs.get(runId)?.promise).toBe('handed-over')
  paused.worker.resume()
  await expect.poll(() => paused.attempts).toBe(2)
  paused.end(runId, 'over')
  await paused.worker.idle()
})

testEach(databaseKinds)('a run that waits for a person has no job, and gets one with its old id when it may go on (%s)', async (kind) => {
  const rig = await openRig(kind)
  const { worker, runs, end } = rig.start({})
  const [runId] = (await rig.enqueue(1)) as [string]
  await expect.poll(() => runs.has(runId)).toBe(true)
  const first = runs.get(runId)
  await rig.discard(runId)
  // Decided before the worker knows that it has let go.
  await rig.enqueue([runId])
  await expect.poll(() => runs.get(runId) !== first).toBe(true)
  first?.resolve('waiting')
  await first?.promise
  end(runId, 'over')
  await worker.idle()
  expect(await rig.fetch()).toEqual([])
})

interface Rig {
  /** So many new runs, or these. */
  enqueue(runs: number | string[]): Promise<string[]>
  discard(runId: string): Promise<void>
  fetch(): Promise<unknown[]>
  start(options: Partial<WorkerOptions>): {
    worker: Worker
    attempts: number
    runs: Map<string, PromiseWithResolvers<Outcome>>
    end(runId: string, outcome: Outcome): void
  }
}

/** A queue, and workers on it whose runs end when the test says so, or are handed over. */
async function openRig(kind: (typeof databaseKinds)[number]): Promise<Rig> {
  const { db, close } = await openTestDatabase(kind)
  const queue = await openRunQueue(db, fail)
  const workers: Worker[] = []
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
    await queue.stop()
    await close()
  })
  return {
    discard: (runId) => db.transaction((tx) => queue.discard(tx, runId)),
    fetch: () => queue.fetch(10),
    async enqueue(given) {
      const runIds = typeof given === 'number' ? Array.from({ length: given }, newId) : given
      for (const runId of runIds) await db.transaction((tx) => queue.enqueue(tx, runId))
      return runIds
    },
    start(options) {
      const runs = new Map<string, PromiseWithResolvers<Outcome>>()
      const started = {
        attempts: 0,
        runs,
        end: (runId: string, outcome: Outcome) => runs.get(runId)?.resolve(outcome),
        worker: startWorker({
          queue,
          execute(runId, signal) {
            started.attempts += 1
            const run = Promise.withResolvers<Outcome>()
            runs.set(runId, run)
            signal.addEventListener('abort', () => run.resolve('handed-over'))
            return run.promise
          },
          announce: () => {},
          findCancelled: async () => [],
          stop: fail,
          onError: fail,
          capacity: 10,
          pollMs: 50,
          ...options,
        }),
      }
      workers.push(started.worker)
      return started
    },
  }
}

function fail(reason: unknown): never {
  throw new Error('This was not to be called.', { cause: reason })
}
