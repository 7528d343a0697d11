import { expect, test, vi } from 'vitest'
import { createMemoryBus } from './bus.ts'
import { createEventLog } from './create-event-log.ts'
import { createMemoryStorage } from './memory-storage.ts'

test('the log tells its observer of commits and followers; one that throws harms no commit', async () => {
  const errors = vi.spyOn(console, 'error').mockImplementation(() => {})
  const committed: number[] = []
  const observer = {
    followers: 0,
    committed(events: number) {
      committed.push(events)
      throw new Error('The observer is broken.')
    },
  }
  const log = createEventLog(
    createMemoryStorage({ hasSession: () => true, runningEpoch: () => undefined, finishedBefore: () => new Map() }),
    createMemoryBus(null),
    { observer },
  )
  await log.transact('s', async () => ({ events: [{ type: 'session:created', title: null }], result: null }))
  const leave = new AbortController()
  const following = log.follow('s', { after: 0, signal: leave.signal })
  expect(observer.followers).toBe(0)
  await following.next()
  expect(observer.followers).toBe(1)
  await log.append('s', [
    { type: 'session:title-updated', title: 'One' },
    { type: 'session:title-updated', title: 'Two' },
  ])
  leave.abort()
  await following.return(undefined)
  expect(observer.followers).toBe(0)
  expect(committed).toEqual([2])
  expect(await log.head('s')).toBe(3)
  expect(errors).toHaveBeenCalledTimes(1)
  errors.mockRestore()
})
