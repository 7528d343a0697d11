import { afterEach, expect, test, vi } from 'vitest'
import { FakeStorage } from './testing/fake-storage.ts'

afterEach(() => vi.unstubAllGlobals())

/** The module as another tab has it. */
async function openTab(): Promise<typeof import('./storage.ts')> {
  vi.resetModules()
  return import('./storage.ts')
}

test('what one tab removes or changes, another does not remember', async () => {
  vi.stubGlobal('localStorage', new FakeStorage())
  const [one, other] = [await openTab(), await openTab()]
  one.writeStored('a', '1')
  one.writeStored('b', '1')
  other.writeStored('a', null)
  other.writeStored('b', '2')
  expect([one.readStored('a'), one.readStored('b')]).toEqual([null, '2'])
  expect(one.storedKeys('')).toEqual(['b'])
})

test('what storage refuses is kept by the tab', async () => {
  const full = new FakeStorage()
  vi.stubGlobal('localStorage', full)
  const tab = await openTab()
  tab.writeStored('a', '1')
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  tab.writeStored('b', '2')
  expect(tab.readStored('b')).toBe('2')
  expect(tab.storedKeys('').sort()).toEqual(['a', 'b'])
  tab.writeStored('b', null)
  expect(tab.readStored('b')).toBeNull()
})

test('what storage refuses is newer than what it has', async () => {
  const full = new FakeStorage()
  vi.stubGlobal('localStorage', full)
  const tab = await openTab()
  tab.writeStored('a', 'old')
  const { setItem } = full
  full.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError')
  }
  tab.writeStored('a', 'new')
  expect(tab.readStored('a')).toBe('new')
  full.setItem = setItem
  tab.writeStored('a', 'newest')
  expect([tab.readStored('a'), full.getItem('a')]).toEqual(['newest', 'newest'])
})
