import { expect, test } from 'vitest'
import { emptyState, type Message } from '#lib/protocol/index.ts'
import { lastOf, newsSince } from './use-news.ts'

const at = '2026-01-01T00:00:00.000Z'
const base = emptyState({ id: 's', title: null, createdAt: at, updatedAt: at })
const message = (id: string, text = 'Hello'): Message => ({
  id,
  role: 'user',
  parentId: null,
  createdAt: at,
  parts: [{ type: 'text', text }],
})

test('messages that came are counted, and else about how many words the last one grew by', () => {
  const before = { ...base, messages: [message('a'), message('b')] }
  const seen = lastOf(before)
  expect(newsSince(seen, before)).toEqual({ messages: 0, words: 0 })
  expect(newsSince(seen, { ...base, messages: [message('a'), message('b', 'Hello'.repeat(13))] })).toEqual({ messages: 0, words: 10 })
  expect(newsSince(seen, { ...base, messages: [...before.messages, message('c'), message('d')] })).toEqual({ messages: 2, words: 0 })
})

test('older messages that were loaded are not new', () => {
  const seen = lastOf({ ...base, messages: [message('b')] })
  expect(newsSince(seen, { ...base, messages: [message('a'), message('b'), message('c')] })).toEqual({ messages: 1, words: 0 })
})

test('when what stood last is gone, what stands there now is not new', () => {
  const seen = lastOf({ ...base, messages: [message('a'), message('b')] })
  expect(newsSince(seen, { ...base, messages: [message('a'), message('c'), message('d')] })).toEqual({ messages: 0, words: 0 })
})
