import { expect, test } from 'vitest'
import { boundedLog } from './bounded-log.ts'

test('a hundred lines a minute, cut, and one that says so', () => {
  const written: string[] = []
  const log = boundedLog((line) => written.push(line))
  for (let n = 0; n < 1_000; n += 1) log('x'.repeat(5_000))
  expect(written).toHaveLength(101)
  expect(written[0]).toHaveLength(2_000)
  expect(written.at(-1)).toContain('the rest is left out')
})
