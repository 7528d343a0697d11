import type { Usage } from '#lib/protocol/index.ts'

/** What a million tokens cost. */
export interface Price {
  input: number
  output: number
  /** Default: as `input`. */
  cachedInput?: number
}

/** What a usage costs, in the currency of the price. Reasoning is counted in the output. */
export function costOf({ inputTokens, outputTokens, cachedInputTokens = 0 }: Usage, { input, output, cachedInput = input }: Price): number {
  const fresh = Math.max(0, inputTokens - cachedInputTokens)
  const cost = (fresh * input + cachedInputTokens * cachedInput + outputTokens * output) / 1_000_000
  // Without the dust of adding fractions.
  return Number(cost.toFixed(9))
}
