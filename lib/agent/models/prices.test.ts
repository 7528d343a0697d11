import { expect, test } from 'vitest'
import { priceOf } from './prices.ts'

const of = (name: string, given = {}) => {
  const [provider = '', model = ''] = name.split('/')
  return priceOf({ provider, model }, given)
}

test('well-known models have a price, also by the name of one version', () => {
  expect(of('openai/gpt-5-mini')).toEqual({ input: 0.25, cachedInput: 0.025, output: 2 })
  expect(of('openai/gpt-5-mini-2025-08-07')).toEqual(of('openai/gpt-5-mini'))
  expect(of('anthropic/claude-haiku-4-5-20251001')).toEqual({ input: 1, cachedInput: 0.1, output: 5 })
  expect(of('google/gemini-3.1-pro-preview')).toEqual(of('google/gemini-3.1-pro'))
})

test('what is not known has none, however much its name is like another', () => {
  for (const name of ['openai/gpt-5-pro', 'ollama/gpt-5', 'demo/demo', 'openai/constructor', 'openai/']) expect(of(name)).toBeUndefined()
})

test('what configuration says counts', () => {
  const mine = { input: 9, output: 9 }
  expect(of('openai/gpt-5', { 'openai/gpt-5': mine })).toBe(mine)
  expect(of('openai/gpt-5-2025-08-07', { 'openai/gpt-5': mine })).toBe(mine)
  expect(of('demo/demo', { 'demo/demo': mine })).toBe(mine)
})
