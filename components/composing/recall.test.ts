import { expect, test } from 'vitest'
import type { Outgoing } from '#lib/client/index.ts'
import { emptySession } from '#lib/client/testing/events.ts'
import { isAtEdge, next, wordsOf } from './recall.ts'

const said = (...texts: string[]) =>
  texts.map((text, index) => ({
    id: `${index}`,
    role: 'user' as const,
    parentId: null,
    createdAt: '',
    parts: [{ type: 'text' as const, text }],
  }))
const outgoing: Outgoing[] = [{ id: 'out', text: 'on its way', status: 'sending' }]
const view = { state: { ...emptySession(), messages: said('one', 'two', 'two', 'three') }, outgoing }

test('the newest stand first, and what was said twice on end stands once', () => {
  expect(wordsOf(view).map(({ text }) => text)).toEqual(['on its way', 'three', 'two', 'one'])
})

test('up goes to the older, down to the newer, and out at the end', () => {
  const words = wordsOf(view)
  expect(next(words, null, 'older')?.text).toBe('on its way')
  expect(next(words, 'out', 'older')?.text).toBe('three')
  expect(next(words, '3', 'newer')?.text).toBe('on its way')
  expect(next(words, 'out', 'newer')).toBeUndefined()
  expect(next(words, '0', 'older')).toBeUndefined()
})

test.each([
  ['a', 1, true, true],
  ['', 0, true, true],
  ['a\nb', 0, true, false],
  ['a\nb', 3, false, true],
  ['a\nb\nc', 2, false, false],
])('in %j the caret at %i leaves upwards: %s, downwards: %s', (value, at, up, down) => {
  const caret = { value, selectionStart: at, selectionEnd: at }
  expect([isAtEdge(caret, 'older'), isAtEdge(caret, 'newer')]).toEqual([up, down])
})

test('with words selected the keys move in the field', () => {
  expect(isAtEdge({ value: 'abc', selectionStart: 0, selectionEnd: 3 }, 'older')).toBe(false)
})
