import { expect, test } from 'vitest'
import { shownName } from './tool-name.tsx'
import { summaryOf } from './tool-summary.ts'

test.each([
  [{ expression: '2 * 3' }, '2 * 3'],
  [{ database: 'staging', limit: 5, dry: false, none: null }, 'staging · 5 · false · null'],
  [{ rows: [1, 2], one: [1], nested: { a: 1 }, empty: '' }, '[2 items] · [1 item] · {…}'],
  [['a', 'b'], 'a · b'],
  [{}, ''],
  [null, ''],
  ['{"expr', '{"expr'],
])('%j in short', (args, expected) => expect(summaryOf(args)).toBe(expected))

test('however long the arguments are', () => {
  expect(summaryOf({ a: 'x'.repeat(1_000_000), b: 'y' }).length).toBe(200)
  expect(summaryOf(Array.from({ length: 1_000_000 }, () => 'word')).length).toBe(200)
})

test.each([
  ['calculator', 'calculator'],
  ['postgres__execute', 'postgres · execute'],
  ['a__b__c', 'a · b__c'],
  ['__x', '__x'],
  ['x__', 'x__'],
])('%s is shown as %s', (name, expected) => expect(shownName(name)).toBe(expected))
