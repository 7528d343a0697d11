import { expect, test } from 'vitest'
import { toolNameOf } from './names.ts'

test('what is valid stays as it is', () => {
  expect(toolNameOf('files', 'read_file')).toBe('files__read_file')
  expect(toolNameOf('my-files', '__x')).toBe('my-files____x')
})

test.each([
  ['files', 'a tool with spaces'],
  ['files', 'x'.repeat(200)],
  ['s'.repeat(64), 't'.repeat(64)],
  ['Ünïcode.server', 'tool/with/slashes'],
  ['__', ''],
])('every name is valid, and the same each time: %s %s', (server, tool) => {
  expect(toolNameOf(server, tool)).toMatch(/^[a-zA-Z0-9_-]{1,64}$/)
  expect(toolNameOf(server, tool)).toBe(toolNameOf(server, tool))
})

test('different tools have different names, however they are cut', () => {
  const long = 'x'.repeat(100)
  const pairs = [
    ['a', 'b__c'],
    ['a__b', 'c'],
    ['a_', '_b'],
    ['a', '__b'],
    ['a', 'b.c'],
    ['a', 'b_c'],
    ['a', 'b c'],
    ['a', `${long}1`],
    ['a', `${long}2`],
    ['a.b', 'c'],
    ['a b', 'c'],
  ] as const
  expect(new Set(pairs.map(([server, tool]) => toolNameOf(server, tool))).size).toBe(pairs.length)
})
