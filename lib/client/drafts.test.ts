import { afterEach, expect, test, vi } from 'vitest'
import { blocksOf, moveDraft, readApprovalDraft, readDraft, writeApprovalDraft, writeDraft } from './drafts.ts'
import { FakeStorage } from './testing/fake-storage.ts'

afterEach(() => vi.unstubAllGlobals())

test('what was typed for an approval is kept by the tab, for each by itself, until it is removed', () => {
  const [tab, shared] = [new FakeStorage(), new FakeStorage()]
  vi.stubGlobal('sessionStorage', tab)
  vi.stubGlobal('localStorage', shared)
  writeApprovalDraft('a', { reason: 'Not today.' })
  writeApprovalDraft('b', { filled: [['field-0', 'Ada']] })
  expect(readApprovalDraft('a')).toEqual({ reason: 'Not today.' })
  expect(readApprovalDraft('b')).toEqual({ filled: [['field-0', 'Ada']] })
  writeApprovalDraft('a', null)
  expect(readApprovalDraft('a')).toBeNull()
  expect([...tab.items.keys()]).toEqual(['rill:approval:b'])
  expect(shared.length).toBe(0)
})

test('what cannot be read is passed over', () => {
  const tab = new FakeStorage()
  vi.stubGlobal('sessionStorage', tab)
  for (const kept of ['', '{', '{"reason":1}', '{"filled":[["a"]]}', 'null']) {
    tab.setItem('rill:approval:a', kept)
    expect(readApprovalDraft('a')).toBeNull()
  }
})

test('what was typed and what was pasted go along to the session that was made', () => {
  vi.stubGlobal('localStorage', new FakeStorage())
  writeDraft(blocksOf(null), 'pasted')
  moveDraft('a')
  writeDraft(null, 'typed')
  moveDraft('a')
  expect([readDraft('a'), readDraft(blocksOf('a'))]).toEqual(['typed', 'pasted'])
  expect([readDraft(null), readDraft(blocksOf(null))]).toEqual(['', ''])
})
