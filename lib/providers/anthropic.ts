import * as z from 'zod'
import type { OfferedModel } from '#lib/protocol/index.ts'
import { below, getJson } from './list-fetch.ts'
import type { ProviderPlan } from './plan.ts'

/** From Claude 4.6 on, models decide themselves how much to think, and show it only when asked. */
const ADAPTIVE = /claude-(fable|opus|sonnet|haiku)-([5-9]|4-[6-9])/

const modelPage = z.object({
  data: z.array(z.object({ id: z.string(), display_name: z.string().nullish() })),
  has_more: z.boolean().nullish(),
  last_id: z.string().nullish(),
})
const MOST_PAGES = 5
/** Other programs write it without the version, and its package takes that too. */
const OWN_URL = 'https://api.anthropic.com/v1'

/** Anthropic, over its Messages API. What repeats from call to call is cached there. */
export const anthropic: ProviderPlan = {
  keyVariable: 'ANTHROPIC_API_KEY',
  defaultModel: 'claude-sonnet-5-5',
  // An effort that was chosen says itself whether and how to think.
  optionsFor: (model, effort) => ({
    anthropic: {
      cacheControl: { type: 'ephemeral' },
      ...(effort === undefined && ADAPTIVE.test(model) && { thinking: { type: 'adaptive', display: 'summarized' } }),
    },
  }),
  async load({ model, apiKey, baseURL }) {
    const { createAnthropic } = await import('@ai-sdk/anthropic')
    const settings = { ...(apiKey !== undefined && { apiKey }), ...(baseURL !== undefined && { baseURL }) }
    return (fetch) => createAnthropic({ ...settings, fetch }).languageModel(model)
  },
  async list({ apiKey, baseURL = OWN_URL }, fetch, signal) {
    const headers = { 'x-api-key': apiKey ?? '', 'anthropic-version': '2023-06-01' }
    const models: OfferedModel[] = []
    let after: string | undefined
    for (let page = 0; page < MOST_PAGES; page += 1) {
      const url = below(baseURL.replace(/^(https:\/\/api\.anthropic\.com)\/?$/, OWN_URL), 'models', { limit: '1000', after_id: after })
      const { data, has_more, last_id } = modelPage.parse(await getJson(url, headers, fetch, signal))
      models.push(...data.map(({ id, display_name }) => ({ id, ...(display_name && { name: display_name }) })))
      if (!has_more || !last_id || last_id === after) break
      after = last_id
    }
    return models
  },
}
