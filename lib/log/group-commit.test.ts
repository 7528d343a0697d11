import { expect, test } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { createMemoryBus } from './bus.ts'
import { createEventLog } from './create-event-log.ts'
import { createMemoryStorage } from './memory-storage.ts'
import { InsertRefused, type LogStorage } from './storage.ts'

const BROKEN = new Error('Connection terminated')

/** A storage whose first insert breaks, and that does something else at the second. */
function breakingStorage(onSecond: (insertFirst: () => Promise<void>) => Promise<void>): LogStorage<undefined> {
  const storage = createMemoryStorage({ hasSession: () => true, runningEpoch: () => undefined, finishedBefore: () => new Map() })
  let first: (() => Promise<void>) | undefined
  let inserts = 0
  return {
    ...storage,
    async insert(rows, tx) {
      inserts += 1
      if (inserts === 1) {
        first = () => storage.insert(rows, tx)
        throw BROKEN
      }
      if (inserts === 2 && first) await onSecond(first)
      await storage.insert(rows, tx)
    },
    outageOf: (error) => (error === BROKEN ? new AppError('unavailable', 'The database cannot be reached.') : undefined),
  } as LogStorage<undefined>
}

async function titlesAfterAppend(storage: LogStorage<undefined>): Promise<unknown[]> {
  const log = createEventLog(storage, createMemoryBus())
  const seq = await log.append('s', [{ type: 'session:title-updated', title: 'once' }])
  const entries = await log.read('s', 0, 10)
  expect(seq).toBe(entries.length)
  return entries.map(({ event }) => (event.type === 'session:title-updated' ? event.title : event.type))
}

test('a commit that broke off before it was done is made again', async () => {
  expect(await titlesAfterAppend(breakingStorage(async () => {}))).toEqual(['once'])
})

test('a commit that was done after its connection broke, while it was made again, is not written twice', async () => {
  const storage = breakingStorage(async (insertFirst) => {
    await insertFirst()
    throw new InsertRefused('The seq is taken.')
  })
  expect(await titlesAfterAppend(storage)).toEqual(['once'])
})
