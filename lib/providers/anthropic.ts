import type { ProviderPlan } from './plan.ts'

export const anthropic: ProviderPlan = {
  keyVariable: 'ANTHROPIC_API_KEY',
  defaultModel: 'claude-sonnet-5-5',
  async load({ model, apiKey, baseURL }, fetch) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    return createAnthropic({
      ...(apiKey !== undefined && { apiKey }),
      ...(baseURL !== undefined && { baseURL }),
      ...(fetch && { fetch }),
    }).languageModel(model)
  },
}
