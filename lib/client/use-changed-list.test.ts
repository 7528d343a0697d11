import { beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { changeList, removeOne } from './use-changed-list.ts'

interface One {
  id: string
}

let list: readonly One[] | null
const setList = (next: (now: readonly One[] | null) => readonly One[] | null) => {
  list = next(list)
}
const lost = new AppError('unavailable', 'The server cannot be reached.', { recoverable: true })
const add = async () => (now: readonly One[]) => [...now, { id: 'new' }]

beforeEach(() => {
  list = [{ id: 'a' }]
})

test('a change is in the list when the list cannot be had after it', async () => {
  await changeList(add, () => Promise.reject(lost), setList)
  expect(list).toEqual([{ id: 'a' }, { id: 'new' }])
})

test('the server’s list is the one that counts', async () => {
  await changeList(add, async () => [{ id: 'of another device' }, { id: 'new' }], setList)
  expect(list).toEqual([{ id: 'of another device' }, { id: 'new' }])
})

test('a change that failed is none, and nothing is asked for', async () => {
  const ask = vi.fn()
  await expect(changeList(() => Promise.reject(lost), ask, setList)).rejects.toBe(lost)
  expect([list, ask.mock.calls]).toEqual([[{ id: 'a' }], []])
})

test('what is not there any more is removed', async () => {
  const gone = new AppError('not-found', 'There is nothing here.')
  const update = await removeOne<One>('a', () => Promise.reject(gone))
  expect(update([{ id: 'a' }, { id: 'b' }])).toEqual([{ id: 'b' }])
  await expect(removeOne('a', () => Promise.reject(lost))).rejects.toBe(lost)
})
