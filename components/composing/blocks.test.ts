import { expect, test } from 'vitest'
import { sizeOf, textsOf, without } from './blocks.ts'
import { blockOf, isLarge, joinedWith } from './pasted.ts'

test.each(['a', '', 'a\nb\n', '```\ncode\n```', '````', '\n\n```\nlike a block\n```\n\n', '`'.repeat(50), 'x `` y', '\n'])(
  'a block gives its text back: %j',
  (text) => {
    const blocks = blockOf('before') + blockOf(text) + blockOf('`````')
    expect(textsOf(blocks)).toEqual(['before', text, '`````'])
    expect(textsOf(without(blocks, 1))).toEqual(['before', '`````'])
    expect(without(without(without(blocks, 2), 1), 0)).toBe('')
  },
)

test('a fence is longer than any in the text', () => {
  expect(blockOf('a\n```\nb')).toBe('\n\n````\na\n```\nb\n````')
})

test('many backticks cost no time with their square', () => {
  const text = '`'.repeat(200_000)
  expect(textsOf(blockOf(text))).toEqual([text])
  const runs = '``` '.repeat(50_000)
  expect(textsOf(blockOf(runs))).toEqual([runs])
})

test('lines end as in a field', () => {
  expect(textsOf(blockOf('a\r\nb\rc'))).toEqual(['a\nb\nc'])
})

test('what is sent begins with what was typed', () => {
  expect(joinedWith(blockOf('a'), 'Look:')).toBe('Look:\n\n```\na\n```')
  expect(joinedWith(blockOf('a'), ' \n')).toBe('```\na\n```')
  expect(joinedWith('', 'Hello ')).toBe('Hello ')
})

test('long text and many lines are large', () => {
  expect([2_000, 2_001].map((length) => isLarge('x'.repeat(length)))).toEqual([false, true])
  expect([29, 30].map((breaks) => isLarge('\n'.repeat(breaks)))).toEqual([false, true])
})

test('a size in words', () => {
  expect(sizeOf('a')).toBe('1 line · 1 byte')
  expect(sizeOf(`${'é'.repeat(1_024)}\n`.repeat(1_200))).toBe('1,201 lines · 2,401 kB')
})
