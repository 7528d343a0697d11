import { expect, test } from 'vitest'
import { branchesOf, countValues, sizeOf } from './branches.ts'

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
const ranges = (count: number, from?: number, to?: number) =>
  branchesOf(numbers(count), from, to).map((branch) => (branch.type === 'range' ? `${branch.from}-${branch.to}` : branch.key))

test('an object by its keys, an array by its places', () => {
  expect(branchesOf({ a: 1, b: [2] })).toEqual([
    { type: 'child', key: 'a', value: 1 },
    { type: 'child', key: 'b', value: [2] },
  ])
  expect(branchesOf(['x'])).toEqual([{ type: 'child', key: '0', value: 'x' }])
  expect(branchesOf([])).toEqual([])
  expect(branchesOf(JSON.parse('{"__proto__": 1}'))).toEqual([{ type: 'child', key: '__proto__', value: 1 }])
})

test('up to 100 children one by one, more in ranges', () => {
  expect(ranges(100).length).toBe(100)
  expect(ranges(101)).toEqual(['0-100', '100-101'])
  expect(ranges(250)).toEqual(['0-100', '100-200', '200-250'])
  expect(ranges(250, 200, 250).slice(0, 2)).toEqual(['200', '201'])
})

test.each([10_000, 10_001, 262_144, 1_000_001])('of %i children at most 100 branches, and each is reached', (count) => {
  const value = numbers(count)
  let seen = 0
  const walk = (from?: number, to?: number) => {
    const branches = branchesOf(value, from, to)
    expect(branches.length).toBeLessThanOrEqual(100)
    for (const branch of branches) {
      if (branch.type === 'range') walk(branch.from, branch.to)
      else if (branch.value === seen) seen += 1
    }
  }
  walk()
  expect(seen).toBe(sizeOf(value))
})

test('an object with many keys too', () => {
  const value = Object.fromEntries(numbers(150).map((index) => [`key ${index}`, index]))
  expect(branchesOf(value)).toEqual([
    { type: 'range', from: 0, to: 100 },
    { type: 'range', from: 100, to: 150 },
  ])
  expect(branchesOf(value, 100, 150)[0]).toEqual({ type: 'child', key: 'key 100', value: 100 })
})

test('values are counted at every depth, up to a limit', () => {
  expect(countValues('x', 10)).toBe(1)
  expect(countValues({ a: [1, 2], b: { c: null } }, 100)).toBe(6)
  expect(countValues(numbers(1_000_000), 500)).toBe(500)
})
