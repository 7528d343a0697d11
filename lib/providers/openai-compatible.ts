import * as z from 'zod'
import { AppError } from '#lib/protocol/index.ts'
import type { ModelConfig } from './model.ts'
import type { Fetch, ProviderPlan } from './plan.ts'

/** Stands for whatever model the server names first. */
export const FIRST_OFFERED = 'default'
const DEADLINE_MS = 10_000

/** Any server that speaks OpenAI's chat format: Ollama, vLLM, LM Studio, OpenRouter and others. A key is optional. */
export const openaiCompatible: ProviderPlan = {
  keyVariable: 'OPENAI_API_KEY',
  defaultModel: FIRST_OFFERED,
  async load(config, plainFetch) {
    const { model, apiKey, baseURL } = config
    if (baseURL === undefined)
      throw new AppError('config-invalid', 'The provider openai-compatible needs an address: set OPENAI_BASE_URL, or baseURL.')
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const modelId = model === FIRST_OFFERED ? ((await firstOffered(config, baseURL, plainFetch)) ?? model) : model
    const settings = { name: 'openai-compatible', baseURL, includeUsage: true, ...(apiKey !== undefined && { apiKey }) }
    return (fetch) => createOpenAICompatible({ ...settings, fetch }).chatModel(modelId)
  },
}

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) })

/** Undefined when the server lists no models: it may still have one under the name that is sent. */
async function firstOffered({ apiKey }: ModelConfig, baseURL: string, fetch: Fetch): Promise<string | undefined> {
  const headers = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }
  const response = await fetch(`${baseURL.replace(/\/$/, '')}/models`, { headers, signal: AbortSignal.timeout(DEADLINE_MS) })
  const isList = response.ok && response.headers.get('content-type')?.includes('json')
  if (!isList) {
    await response.body?.cancel()
    return undefined
  }
  const models = modelList.safeParse(await response.json()).data?.data.map(({ id }) => id) ?? []
  return models.find((id) => !/embed|rerank|whisper|tts/i.test(id)) ?? models[0]
}
