import { expect, test } from 'vitest'
import { step } from './step.ts'

const NAMES = ['Copy', 'Quote', 'Cost', 'Delete']

test('the arrows go round, Home and End to the ends, letters to what begins with them', () => {
  expect(step('ArrowDown', 0, NAMES)).toBe(1)
  expect(step('ArrowDown', 3, NAMES)).toBe(0)
  expect(step('ArrowUp', 0, NAMES)).toBe(3)
  expect(step('ArrowUp', 2, NAMES)).toBe(1)
  expect(step('Home', 2, NAMES)).toBe(0)
  expect(step('End', 0, NAMES)).toBe(3)
  expect(step('c', 0, NAMES)).toBe(2)
  expect(step('C', 2, NAMES)).toBe(0)
})

test('other keys lead nowhere', () => {
  for (const key of ['x', ' ', 'Enter', 'Shift', 'F5']) expect(step(key, 0, NAMES)).toBeUndefined()
  expect(step('ArrowDown', -1, [])).toBeUndefined()
})
