import { afterEach, describe, expect, test, vi } from 'vitest'
import { commandOf } from './keys.ts'

afterEach(() => vi.unstubAllGlobals())

function pressOn(userAgent: string, keys: Partial<KeyboardEvent>) {
  vi.stubGlobal('navigator', { userAgent })
  vi.stubGlobal('document', { querySelector: () => null })
  vi.stubGlobal('Element', class {})
  const event = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, target: null }
  return commandOf({ ...event, ...keys } as KeyboardEvent)
}

const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)'
const OTHER = 'Mozilla/5.0 (X11; Linux x86_64)'

describe('the key for commands', () => {
  test('is Ctrl, and on Apple’s machines Cmd', () => {
    expect(pressOn(OTHER, { key: 'k', ctrlKey: true })).toBe('palette')
    expect(pressOn(MAC, { key: 'k', metaKey: true })).toBe('palette')
    expect(pressOn(MAC, { key: 'F', metaKey: true })).toBe('find')
  })

  test('is not the other one, which edits or is the system’s', () => {
    for (const key of ['k', 'f', 'j', '.']) {
      expect(pressOn(MAC, { key, ctrlKey: true })).toBeUndefined()
      expect(pressOn(OTHER, { key, metaKey: true })).toBeUndefined()
    }
    expect(pressOn(MAC, { key: 'k', ctrlKey: true, metaKey: true })).toBeUndefined()
    expect(pressOn(OTHER, { key: 'k', ctrlKey: true, shiftKey: true })).toBeUndefined()
  })
})
