import { expect, test } from 'vitest'
import type { ModelsResponse } from '#lib/protocol/index.ts'
import { moved } from './moved.ts'
import { countModels, sectionsOf } from './rows.ts'

const list: ModelsResponse = {
  default: 'openai/gpt-x',
  providers: [
    { provider: 'openai', models: [{ id: 'gpt-x' }, { id: 'gpt-y' }] },
    { provider: 'anthropic', models: [{ id: 'claude-a', name: 'Claude A' }] },
    { provider: 'google', models: [], error: { code: 'provider-auth', message: 'No.' } },
  ],
}
const drawn = (filter: string, chosen: string | null = null, from = list) =>
  sectionsOf(from, filter, chosen).map(({ title, rows }) => [title, ...rows.map(({ text }) => text)])

test('first the default, then each provider that offers something', () => {
  expect(drawn('')).toEqual([
    [undefined, 'Default (gpt-x)'],
    ['OpenAI', 'gpt-x', 'gpt-y'],
    ['Anthropic', 'Claude A'],
  ])
  expect(countModels(list)).toBe(3)
})

test('words find a model by its provider, name or id, in any order', () => {
  expect(drawn('anthropic')).toEqual([['Anthropic', 'Claude A']])
  expect(drawn('CLAUDE-A')).toEqual([['Anthropic', 'Claude A']])
  expect(drawn(' y  open ')).toEqual([['OpenAI', 'gpt-y']])
  expect(drawn('default')).toEqual([[undefined, 'Default (gpt-x)']])
  expect(drawn('nothing')).toEqual([])
})

test('what was chosen and is not offered any more stands there all the same', () => {
  expect(drawn('', 'google/gemini-x')[0]).toEqual([undefined, 'Default (gpt-x)', 'gemini-x'])
  expect(drawn('', 'openai/gpt-y')[0]).toEqual([undefined, 'Default (gpt-x)'])
})

test('of thousands, as many are drawn as can be looked through', () => {
  const models = Array.from({ length: 5_000 }, (_, index) => ({ id: `m${index}` }))
  const [, section] = sectionsOf({ default: 'openai/m0', providers: [{ provider: 'openai', models }] }, '', null)
  expect(section).toMatchObject({ hidden: 4_800 })
  expect(section?.rows).toHaveLength(200)
})

const rows = ['Default', 'gpt-x', 'Gemini', 'claude'].map((text) => ({ value: text, text }))
test.each([
  ['ArrowDown', 0, 1],
  ['ArrowDown', 3, 0],
  ['ArrowUp', 0, 3],
  ['PageDown', 1, 3],
  ['PageUp', 3, 0],
])('%s leads from %i to %i, in a field and in a list', (key, at, to) => {
  for (const isField of [true, false]) expect(moved(key, { at, rows, isField })).toBe(to)
})

test('letters lead to the next row that begins so, where they are not written into a field', () => {
  expect(moved('g', { at: 0, rows, isField: false })).toBe(1)
  expect(moved('g', { at: 1, rows, isField: false })).toBe(2)
  expect(moved('G', { at: 2, rows, isField: false })).toBe(1)
  expect(moved('End', { at: 0, rows, isField: false })).toBe(3)
  for (const key of ['x', 'Tab', 'Shift']) expect(moved(key, { at: 0, rows, isField: false })).toBeUndefined()
  for (const key of ['g', 'End', 'Home']) expect(moved(key, { at: 0, rows, isField: true })).toBeUndefined()
  expect(moved('ArrowDown', { at: 0, rows: [], isField: false })).toBeUndefined()
})
