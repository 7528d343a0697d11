import * as z from 'zod'
import type { OfferedModel } from '#lib/protocol/index.ts'
import { canChat } from './can-chat.ts'
import { below, getJson } from './list-fetch.ts'
import type { ProviderPlan } from './plan.ts'

/** Models before Gemini 2.5, and those that draw or speak, refuse to be asked for their thoughts. */
const THINKING = /gemini-(2\.5|[3-9]|flash-latest|pro-latest|flash-lite-latest)(?!.*(image|tts|audio|live))/

const model = z.object({
  name: z.string(),
  displayName: z.string().nullish(),
  supportedGenerationMethods: z.array(z.string()).nullish(),
})
const modelPage = z.object({ models: z.array(model), nextPageToken: z.string().nullish() })
const MOST_PAGES = 5

/** Google, over the Gemini API. */
export const google: ProviderPlan = {
  keyVariable: 'GOOGLE_GENERATIVE_AI_API_KEY',
  defaultModel: 'gemini-4-argon',
  // To think nothing and to show it is refused.
  optionsFor: (model, effort) =>
    effort !== 'none' && THINKING.test(model) ? { google: { thinkingConfig: { includeThoughts: true } } } : undefined,
  async load({ model, apiKey, baseURL }) {
    const { createGoogle } = await import('@ai-sdk/google')
    const settings = { ...(apiKey !== undefined && { apiKey }), ...(baseURL !== undefined && { baseURL }) }
    return (fetch) => createGoogle({ ...settings, fetch }).languageModel(model)
  },
  async list({ apiKey, baseURL = 'https://generativelanguage.googleapis.com/v1beta' }, fetch, signal) {
    const headers = { 'x-goog-api-key': apiKey ?? '' }
    const listed: OfferedModel[] = []
    let pageToken: string | undefined
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const url = below(baseURL, 'models', { pageSize: '1000', pageToken })
      const { models, nextPageToken } = modelPage.parse(await getJson(url, headers, fetch, signal))
      listed.push(...models.filter(answers).map(toOffered))
      if (!nextPageToken || nextPageToken === pageToken) break
      pageToken = nextPageToken
    }
    return listed
  },
}

function answers({ name, supportedGenerationMethods: methods }: z.infer<typeof model>): boolean {
  return canChat(name) && (!methods || methods.includes('generateContent'))
}

function toOffered({ name, displayName }: z.infer<typeof model>): OfferedModel {
  return { id: name.replace(/^models\//, ''), ...(displayName && { name: displayName }) }
}
