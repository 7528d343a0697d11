import { afterEach, expect, test, vi } from 'vitest'
import { type Outgoing, storedOutbox as outbox } from './outbox.ts'
import { FakeStorage } from './testing/fake-storage.ts'

afterEach(() => vi.unstubAllGlobals())

const message = (id: string, text = id): Outgoing => ({ id, text, status: 'failed', error: 'no' })

test('what one tab keeps, another neither overwrites nor removes', () => {
  vi.stubGlobal('localStorage', new FakeStorage())
  outbox.put('s1', message('2'))
  outbox.put('s1', message('1'))
  outbox.put('s2', message('3'))
  expect(outbox.load('s1')).toEqual([message('1'), message('2')])
  outbox.put('s1', message('2', 'again'))
  outbox.remove('s1', '1')
  expect(outbox.load('s1')).toEqual([message('2', 'again')])
  expect(outbox.load('s2')).toEqual([message('3')])
})

test('what cannot be read is passed over', () => {
  const storage = new FakeStorage()
  vi.stubGlobal('localStorage', storage)
  outbox.put('s1', message('1'))
  storage.setItem('rill:outgoing:s1:0', '{')
  storage.setItem('rill:outgoing:s1:2', '{"id": 2}')
  expect(outbox.load('s1')).toEqual([message('1')])
})

test('a message keeps its mode, and whose place it takes; one that an older page kept has none', () => {
  vi.stubGlobal('localStorage', new FakeStorage())
  outbox.put('s1', { ...message('1'), mode: 'steer' })
  outbox.put('s1', message('2'))
  outbox.put('s1', { ...message('3'), replaces: 'm1' })
  expect(outbox.load('s1')).toEqual([{ ...message('1'), mode: 'steer' }, message('2'), { ...message('3'), replaces: 'm1' }])
})

test('where storage is off, it is kept as long as the page lives', () => {
  outbox.put('s9', message('1'))
  expect(outbox.load('s9')).toEqual([message('1')])
  outbox.remove('s9', '1')
  expect(outbox.load('s9')).toEqual([])
})
