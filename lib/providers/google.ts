import type { ProviderPlan } from './plan.ts'

export const google: ProviderPlan = {
  keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
  defaultModel: 'gemini-3.5-flash',
  optionsFor: () => ({ google: { thinkingConfig: { includeThoughts: true } } }),
  async load({ model, apiKey, baseURL }, fetch) {
    const { createGoogle } = await import('@ai-sdk/google')
    return createGoogle({
      ...(apiKey !== undefined && { apiKey }),
      ...(baseURL !== undefined && { baseURL }),
      ...(fetch && { fetch }),
    }).languageModel(model)
  },
}
