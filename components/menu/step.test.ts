import { expect, test } from 'vitest'
import { step } from './step.ts'

const NAMES = ['Copy', 'Quote', 'Cost', 'Delete']

test('the arrows go round, Home and End to the ends, letters to what begins with them', () => {
  expect(step('ArrowDown', { at: 0, names: NAMES })).toBe(1)
  expect(step('ArrowRight', { at: 3, names: NAMES })).toBe(0)
  expect(step('ArrowLeft', { at: 0, names: NAMES })).toBe(3)
  expect(step('ArrowUp', { at: 2, names: NAMES })).toBe(1)
  expect(step('Home', { at: 2, names: NAMES })).toBe(0)
  expect(step('End', { at: 0, names: NAMES })).toBe(3)
  expect(step('c', { at: 0, names: NAMES })).toBe(2)
  expect(step('C', { at: 2, names: NAMES })).toBe(0)
})

test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 3, 0],
  ['ArrowUp', 0, 3],
  ['PageDown', 1, 3],
  ['PageUp', 3, 0],
])('%s leads from %i to %i, in a field and in a list', (key, at, to) => {
  for (const isField of [true, false]) expect(step(key, { at, names: NAMES, isField })).toBe(to)
})

test('other keys lead nowhere, and in a field none that belongs to its text', () => {
  for (const key of ['x', ' ', 'Enter', 'Tab', 'Shift', 'F5']) expect(step(key, { at: 0, names: NAMES })).toBeUndefined()
  for (const key of ['c', 'Home', 'End', 'ArrowLeft', 'ArrowRight'])
    expect(step(key, { at: 0, names: NAMES, isField: true })).toBeUndefined()
  expect(step('ArrowDown', { at: -1, names: [] })).toBeUndefined()
})
