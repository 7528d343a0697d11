import { expect, test } from 'vitest'
import type { QueuedMessage } from '#lib/protocol/index.ts'
import { isShown, movedBy, type QueueChange, shownQueue } from './queue-changes.ts'

const waits = (id: string, mode: QueuedMessage['mode'] = 'follow-up'): QueuedMessage => ({
  id,
  role: 'user',
  parentId: null,
  createdAt: '',
  parts: [{ type: 'text', text: `text of ${id}` }],
  mode,
})
const queue = [waits('a'), waits('b', 'steer'), waits('c')]
const shown = (...changes: QueueChange[]) => shownQueue(queue, changes)

test('without changes it is the log', () => {
  expect(shown()).toEqual([
    { id: 'a', text: 'text of a', mode: 'follow-up', asked: null },
    { id: 'b', text: 'text of b', mode: 'steer', asked: null },
    { id: 'c', text: 'text of c', mode: 'follow-up', asked: null },
  ])
})

test('an order is shown at once; what it does not name stays behind, and what is gone is left out', () => {
  expect(shown({ type: 'order', messageIds: ['c', 'gone', 'a'] }).map(({ id }) => id)).toEqual(['c', 'a', 'b'])
})

test('what is changed or removed is marked, and stays', () => {
  const [a, b, c] = shown(
    { type: 'update', messageId: 'a', text: 'new' },
    { type: 'update', messageId: 'b', mode: 'follow-up' },
    { type: 'remove', messageId: 'b' },
    { type: 'remove', messageId: 'gone' },
  )
  expect(a).toEqual({ id: 'a', text: 'new', mode: 'follow-up', asked: 'update' })
  expect(b).toEqual({ id: 'b', text: 'text of b', mode: 'follow-up', asked: 'remove' })
  expect(c?.asked).toBeNull()
})

test.each<[boolean, QueueChange]>([
  [true, { type: 'order', messageIds: ['a', 'gone', 'b'] }],
  [false, { type: 'order', messageIds: ['b', 'a'] }],
  [false, { type: 'remove', messageId: 'a' }],
  [true, { type: 'remove', messageId: 'gone' }],
  [true, { type: 'update', messageId: 'gone', text: 'new' }],
  [true, { type: 'update', messageId: 'a', text: 'text of a' }],
  [false, { type: 'update', messageId: 'a', text: 'new' }],
  [false, { type: 'update', messageId: 'a', mode: 'steer' }],
  [true, { type: 'update', messageId: 'b', mode: 'steer' }],
])('the log shows it: %s %j', (expected, change) => expect(isShown(queue, change)).toBe(expected))

test('one place up or down, not beyond the ends', () => {
  expect(movedBy(shown(), 'b', -1)).toEqual(['b', 'a', 'c'])
  expect(movedBy(shown(), 'b', 1)).toEqual(['a', 'c', 'b'])
  expect(movedBy(shown(), 'a', -1)).toBeNull()
  expect(movedBy(shown(), 'c', 1)).toBeNull()
  expect(movedBy(shown(), 'gone', 1)).toBeNull()
})
