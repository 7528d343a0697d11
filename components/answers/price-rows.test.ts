import { expect, test } from 'vitest'
import type { AssistantMessage } from '#lib/protocol/index.ts'
import { priceRows } from './price-rows.ts'

const ANSWER: AssistantMessage = {
  id: 'a',
  parentId: 'u',
  createdAt: '2026-01-01T00:00:00.000Z',
  role: 'assistant',
  parts: [],
  runId: 'r',
  provider: 'openai',
  model: 'gpt-5-mini',
  joints: [],
}

test('all that an answer took', () => {
  const usage = { inputTokens: 12_000, cachedInputTokens: 9_000, outputTokens: 800, reasoningTokens: 300, totalTokens: 12_800 }
  expect(priceRows({ ...ANSWER, usage, cost: 0.004_321, durationMs: 4_200 })).toEqual([
    { name: 'Model', value: 'gpt-5-mini' },
    { name: 'Provider', value: 'openai' },
    { name: 'Tokens in', value: '12,000' },
    { name: 'from a cache', value: '9,000', isPart: true },
    { name: 'Tokens out', value: '800' },
    { name: 'for reasoning', value: '300', isPart: true },
    { name: 'Price', value: '$0.0043' },
    { name: 'Time', value: '4 s' },
  ])
})

test('what is not known is said', () => {
  expect(priceRows(ANSWER).slice(2)).toEqual([
    { name: 'Tokens', value: 'The provider did not say' },
    { name: 'Price', value: 'Not known for this model' },
  ])
})

test('prices say something, however small they are', () => {
  const price = (cost: number) => priceRows({ ...ANSWER, cost }).find(({ name }) => name === 'Price')?.value
  expect([0, 0.000_01, 0.012_34, 0.5, 12].map(price)).toEqual(['$0', 'less than $0.0001', '$0.012', '$0.50', '$12.00'])
})
