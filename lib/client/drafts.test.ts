import { afterEach, describe, expect, test, vi } from 'vitest'
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
  vi.stubGlobal('sessionStorage', new FakeStorage())
  writeDraft(blocksOf(null), 'pasted')
  moveDraft('a')
  writeDraft(null, 'typed')
  moveDraft('a')
  expect([readDraft('a'), readDraft(blocksOf('a'))]).toEqual(['typed', 'pasted'])
  expect([readDraft(null), readDraft(blocksOf(null))]).toEqual(['', ''])
})

describe('a draft of a session that two tabs show', () => {
  /** The module as another tab has it. */
  async function openTab() {
    vi.resetModules()
    const session = new FakeStorage()
    const drafts = await import('./drafts.ts')
    const at =
      <Arguments extends unknown[], Result>(work: (...given: Arguments) => Result) =>
      (...given: Arguments): Result => {
        vi.stubGlobal('sessionStorage', session)
        return work(...given)
      }
    return { read: at(drafts.readDraft), write: at(drafts.writeDraft), move: at(drafts.moveDraft) }
  }

  test('is not taken away by what the other sends', async () => {
    vi.stubGlobal('localStorage', new FakeStorage())
    const [one, other] = [await openTab(), await openTab()]
    one.write('a', 'of one')
    other.write('a', 'of the other')
    one.write('a', '')
    expect([one.read('a'), other.read('a'), (await openTab()).read('a')]).toEqual(['', 'of the other', 'of the other'])
    other.write('a', '')
    expect((await openTab()).read('a')).toBe('')
  })

  test('is each tab’s own after a reload, and for a new tab the last that was written', async () => {
    vi.stubGlobal('localStorage', new FakeStorage())
    const [one, other] = [await openTab(), await openTab()]
    one.write('a', 'of one')
    expect(other.read('a')).toBe('of one')
    other.write('a', 'of one, and more')
    expect([one.read('a'), (await openTab()).read('a')]).toEqual(['of one', 'of one, and more'])
  })

  test('that was taken up from a tab that is closed is gone when it is sent', async () => {
    vi.stubGlobal('localStorage', new FakeStorage())
    const [one, other] = [await openTab(), await openTab()]
    one.write('a', 'of one')
    expect(other.read('a')).toBe('of one')
    other.write('a', '')
    expect([other.read('a'), (await openTab()).read('a')]).toEqual(['', ''])
  })

  test('goes along to a new session only with the tab that typed it', async () => {
    vi.stubGlobal('localStorage', new FakeStorage())
    const [one, other] = [await openTab(), await openTab()]
    other.write(null, 'of the other')
    one.move('a')
    expect([one.read('a'), other.read(null)]).toEqual(['', 'of the other'])
    one.write(null, 'of one')
    one.move('a')
    expect([one.read('a'), other.read(null)]).toEqual(['of one', 'of the other'])
  })
})
