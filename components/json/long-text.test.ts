import { expect, test } from 'vitest'
import { blocksOf } from './blocks-of.ts'
import { beginningOf } from './long-text.tsx'

test('a text is cut where lines end, and nothing is lost', () => {
  const text = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n')
  const blocks = blocksOf(text)
  expect(blocks.length).toBeGreaterThan(5)
  expect(blocks.join('\n')).toBe(text)
})

test('one line stays one', () => {
  expect(blocksOf('x'.repeat(100_000)).length).toBe(1)
  expect(blocksOf('')).toEqual([''])
})

test('the beginning never ends in half a character', () => {
  expect(beginningOf('a😀b', 2)).toBe('a')
  expect(beginningOf('a😀b', 3)).toBe('a😀')
  expect(beginningOf('ab', 5)).toBe('ab')
})
