import type { ProviderPlan } from './plan.ts'

/** Models before Gemini 2.5, and those that draw or speak, refuse to be asked for their thoughts. */
const THINKING = /gemini-(2\.5|[3-9]|flash-latest|pro-latest|flash-lite-latest)(?!.*(image|tts|audio|live))/

/** Google, over the Gemini API. */
export const google: ProviderPlan = {
  keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
  defaultModel: 'gemini-4-argon',
  optionsFor: (model) => (THINKING.test(model) ? { google: { thinkingConfig: { includeThoughts: true } } } : undefined),
  async load({ model, apiKey, baseURL }) {
    const { createGoogle } = await import('@ai-sdk/google')
    const settings = { ...(apiKey !== undefined && { apiKey }), ...(baseURL !== undefined && { baseURL }) }
    return (fetch) => createGoogle({ ...settings, fetch }).languageModel(model)
  },
}
