import type { AssistantMessage } from '#lib/protocol/index.ts'
import { duration } from '../parts/duration.ts'
import { count, dollars } from './price-words.ts'

export interface PriceRow {
  name: string
  value: string
  /** A part of the row above it. */
  isPart?: boolean
}

/** What an answer took, as far as it is known. */
export function priceRows({ provider, model, usage, cost, durationMs }: AssistantMessage): PriceRow[] {
  const part = (name: string, tokens: number | undefined): PriceRow[] =>
    tokens === undefined ? [] : [{ name, value: count(tokens), isPart: true }]
  return [
    { name: 'Model', value: model },
    { name: 'Provider', value: provider },
    ...(usage && usage.totalTokens > 0
      ? [
          { name: 'Tokens in', value: count(usage.inputTokens) },
          ...part('from a cache', usage.cachedInputTokens),
          { name: 'Tokens out', value: count(usage.outputTokens) },
          ...part('for reasoning', usage.reasoningTokens),
        ]
      : [{ name: 'Tokens', value: 'The provider did not say' }]),
    { name: 'Price', value: cost === undefined ? 'Not known for this model' : dollars(cost) },
    ...(durationMs === undefined ? [] : [{ name: 'Time', value: duration(durationMs) }]),
  ]
}
