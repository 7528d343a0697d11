import type { ProviderPlan } from './plan.ts'

/** From Claude 4.6 on, models decide themselves how much to think, and show it only when asked. */
const ADAPTIVE = /claude-(fable|opus|sonnet|haiku)-([5-9]|4-[6-9])/

/** Anthropic, over its Messages API. What repeats from call to call is cached there. */
export const anthropic: ProviderPlan = {
  keyVariable: 'ANTHROPIC_API_KEY',
  defaultModel: 'claude-sonnet-5-5',
  optionsFor: (model) => ({
    anthropic: {
      cacheControl: { type: 'ephemeral' },
      ...(ADAPTIVE.test(model) && { thinking: { type: 'adaptive', display: 'summarized' } }),
    },
  }),
  async load({ model, apiKey, baseURL }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    const settings = { ...(apiKey !== undefined && { apiKey }), ...(baseURL !== undefined && { baseURL }) }
    return (fetch) => createAnthropic({ ...settings, fetch }).languageModel(model)
  },
}
