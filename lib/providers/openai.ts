import type { SharedV4ProviderOptions } from '@ai-sdk/provider'
import { listOpenAI, toOffered } from './openai-list.ts'
import type { ProviderPlan } from './plan.ts'

const OPTIONS: SharedV4ProviderOptions = { openai: { store: false } }

/** Nothing is left in the provider's store: reasoning comes back to us encrypted and goes along with the next call. */
const REASONING_OPTIONS: SharedV4ProviderOptions = { openai: { store: false, reasoningSummary: 'auto' } }

/** OpenAI, over its Responses API. */
export const openai: ProviderPlan = {
  keyVariable: 'OPENAI_API_KEY',
  defaultModel: 'gpt-6-astra',
  optionsFor: (model, effort) =>
    effort !== 'none' && /^(o\d|gpt-([5-9]|\d\d))/.test(model) && !model.includes('chat') ? REASONING_OPTIONS : OPTIONS,
  async load({ model, apiKey, baseURL }) {
    const { createOpenAI } = await import('@ai-sdk/openai')
    const settings = { ...(apiKey !== undefined && { apiKey }), ...(baseURL !== undefined && { baseURL }) }
    return (fetch) => createOpenAI({ ...settings, fetch }).responses(model)
  },
  async list(config, fetch, signal) {
    const models = await listOpenAI(config, fetch, signal)
    // It lists them in no order: the newest are what is looked for.
    return toOffered(models.sort((a, b) => (b.created ?? 0) - (a.created ?? 0)))
  },
}
