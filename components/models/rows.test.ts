import { expect, test } from 'vitest'
import type { ModelsResponse } from '#lib/protocol/index.ts'
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
