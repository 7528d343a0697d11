import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { blocksOf, readDraft, writeDraft, writeQueueEdit } from './drafts.ts'
import { leftoversOf, takeLeftovers } from './leftovers.ts'
import { storedOutbox } from './outbox.ts'
import { FakeStorage } from './testing/fake-storage.ts'

beforeEach(() => {
  vi.stubGlobal('localStorage', new FakeStorage())
  vi.stubGlobal('sessionStorage', new FakeStorage())
})

afterEach(() => vi.unstubAllGlobals())

test('what was not sent and what was being written go into the field of a new session, and stand there once', () => {
  storedOutbox.put('s', { id: '1', text: 'first', status: 'failed', isWaiting: true })
  storedOutbox.put('s', { id: '2', text: 'second', status: 'sending' })
  writeQueueEdit('s', { messageId: 'm', before: 'old', text: 'edited' })
  writeDraft('s', 'half a thought')
  writeDraft(blocksOf('s'), '\n\n```\npasted\n```')
  writeDraft(null, 'begun')
  const texts = ['first', 'second', 'edited', 'half a thought\n\n```\npasted\n```']
  expect(leftoversOf('s')).toEqual(texts)
  takeLeftovers('s')
  expect(readDraft(null)).toBe(['begun', ...texts].join('\n\n'))
  expect(leftoversOf('s')).toEqual([])
})

test('of a session in which nothing is left there is nothing', () => {
  writeDraft('another', 'half a thought')
  expect(leftoversOf('s')).toEqual([])
})
