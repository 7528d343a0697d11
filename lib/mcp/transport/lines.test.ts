import { expect, test } from 'vitest'
import { Lines } from './lines.ts'

const all = (lines: Lines, ...chunks: (string | Buffer)[]) => chunks.flatMap((chunk) => [...lines.add(Buffer.from(chunk))])

test('lines come out whole, wherever the chunks end', () => {
  expect(all(new Lines(100), 'a\nb', 'c\n\nd', '', '\ne')).toEqual(['a', 'bc', '', 'd'])
  const bytes = Buffer.from('é\n')
  expect(all(new Lines(100), bytes.subarray(0, 1), bytes.subarray(1))).toEqual(['é'])
})

test('a line that does not end is over its limit, and can be skipped', () => {
  const lines = new Lines(5)
  expect(all(lines, '1234')).toEqual([])
  expect(lines.isOver).toBe(false)
  expect(all(lines, '56')).toEqual([])
  expect(lines.isOver).toBe(true)
  lines.skip()
  expect(lines.isOver).toBe(false)
  expect(all(lines, '789', '0\nab\n')).toEqual(['ab'])
})
