import type { ModelName } from '../store.ts'
import type { Price } from './cost.ts'

const price = (input: number, cachedInput: number, output: number): Price => ({ input, cachedInput, output })

/**
 * What a million tokens cost in US dollars, as the makers' price lists say it for plain calls with prompts of usual length, in
 * November 2026. What is temporary is left out.
 */
const KNOWN: Readonly<Record<string, Price>> = {
  'openai/gpt-6.1-sol': price(2, 0.1, 10),
  'openai/gpt-6.1-terra': price(1, 0.05, 5),
  'openai/gpt-6-astra': price(10, 1, 50),
  'openai/gpt-6-sol': price(2, 0.2, 10),
  'openai/gpt-6-luna': price(0.1, 0.01, 0.5),
  'openai/gpt-5.6-terra': price(2, 0.2, 12),
  'openai/gpt-5.6-luna': price(0.2, 0.02, 1.2),
  'openai/gpt-5.5': price(5, 0.5, 30),
  'openai/gpt-5.4': price(2.5, 0.25, 15),
  'openai/gpt-5.4-mini': price(0.75, 0.075, 4.5),
  'openai/gpt-5.4-nano': price(0.2, 0.02, 1.25),
  'openai/gpt-5.3-codex': price(1.75, 0.175, 14),
  'openai/gpt-5.2': price(1.75, 0.175, 14),
  'openai/gpt-5.1': price(1.25, 0.125, 10),
  'openai/gpt-5': price(1.25, 0.125, 10),
  'openai/gpt-5-mini': price(0.25, 0.025, 2),
  'openai/gpt-5-nano': price(0.05, 0.005, 0.4),
  'openai/gpt-4.1': price(2, 0.5, 8),
  'openai/gpt-4.1-mini': price(0.4, 0.1, 1.6),
  'openai/gpt-4.1-nano': price(0.1, 0.025, 0.4),
  'openai/gpt-4o': price(2.5, 1.25, 10),
  'openai/gpt-4o-mini': price(0.15, 0.075, 0.6),
  'openai/o3': price(2, 0.5, 8),
  'openai/o4-mini': price(1.1, 0.275, 4.4),
  'anthropic/claude-fable-5-1': price(10, 0.25, 50),
  'anthropic/claude-fable-5': price(10, 1, 50),
  'anthropic/claude-opus-5-5': price(4, 0.2, 20),
  'anthropic/claude-opus-5': price(5, 0.5, 25),
  'anthropic/claude-opus-4-8': price(5, 0.5, 25),
  'anthropic/claude-opus-4-7': price(5, 0.5, 25),
  'anthropic/claude-opus-4-6': price(5, 0.5, 25),
  'anthropic/claude-opus-4-5': price(5, 0.5, 25),
  'anthropic/claude-opus-4-1': price(15, 1.5, 75),
  'anthropic/claude-sonnet-5-5': price(2, 0.1, 10),
  'anthropic/claude-sonnet-5': price(2, 0.2, 10),
  'anthropic/claude-sonnet-4-6': price(3, 0.3, 15),
  'anthropic/claude-sonnet-4-5': price(3, 0.3, 15),
  'anthropic/claude-haiku-5-5': price(0.1, 0.01, 0.5),
  'anthropic/claude-haiku-4-5': price(1, 0.1, 5),
  'google/gemini-3.5-flash': price(1.5, 0.15, 9),
  'google/gemini-3.1-pro': price(2, 0.2, 12),
  'google/gemini-3-flash': price(0.5, 0.05, 3),
  'google/gemini-2.5-pro': price(1.25, 0.125, 10),
  'google/gemini-2.5-flash': price(0.3, 0.03, 2.5),
  'google/gemini-2.5-flash-lite': price(0.1, 0.01, 0.4),
}

/** Of one model in time; it costs what the model costs. */
const DATED = /-(\d{8}|\d{4}-\d{2}-\d{2}|latest|preview)$/

/** What a model's tokens cost: as it is given by "provider/model", else as it is known. Undefined where neither says it. */
export function priceOf({ provider, model }: ModelName, given: Readonly<Record<string, Price>>): Price | undefined {
  const name = `${provider}/${model}`
  const plain = name.replace(DATED, '')
  for (const [prices, key] of [
    [given, name],
    [given, plain],
    [KNOWN, name],
    [KNOWN, plain],
  ] as const)
    if (Object.hasOwn(prices, key)) return prices[key]
  return undefined
}
