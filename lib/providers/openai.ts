import type { SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { ProviderPlan } from './plan.ts'

/** Nothing is left in the provider's store: reasoning comes back to us encrypted and goes along with the next call. */
const providerOptions: SharedV4ProviderOptions = {
  openai: { store: false, include: ['reasoning.encrypted_content'], reasoningSummary: 'auto' },
}

/** OpenAI, over its Responses API. */
export const openai: ProviderPlan = {
  keyVariable: 'OPENAI_API_KEY',
  defaultModel: 'gpt-5-mini',
  optionsFor: (model) => (/^(o\d|gpt-5)/.test(model) && !model.includes('chat') ? providerOptions : { openai: { store: false } }),
  async load({ model, apiKey, baseURL }, fetch) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    return createOpenAI({
      ...(apiKey !== undefined && { apiKey }),
      ...(baseURL !== undefined && { baseURL }),
      ...(fetch && { fetch }),
    }).responses(model)
  },
}
