import { AppError } from '#lib/protocol/index.ts'
import type { ModelConfig } from './model.ts'
import type { ProviderPlan } from './plan.ts'

/** Stands for whatever model the server names first. */
const FIRST_OFFERED = 'default'
const DEADLINE_MS = 10_000

/** Any server that speaks OpenAI's chat format: Ollama, vLLM, LM Studio, OpenRouter and others. A key is optional. */
export const openaiCompatible: ProviderPlan = {
  keyVariable: 'OPENAI_API_KEY',
  defaultModel: FIRST_OFFERED,
  async load(config, fetch = globalThis.fetch) {
    const { model, apiKey, baseURL } = config
    if (baseURL === undefined)
      throw new AppError('config-invalid', 'The provider openai-compatible needs an address: set OPENAI_BASE_URL, or baseURL.')
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const provider = createOpenAICompatible({
      name: 'openai-compatible',
      baseURL,
      includeUsage: true,
      fetch,
      ...(apiKey !== undefined && { apiKey }),
    })
    return provider.chatModel(model === FIRST_OFFERED ? ((await firstOffered(config, baseURL, fetch)) ?? model) : model)
  },
}

/** A server that lists no models may still have one under the name that is sent. */
async function firstOffered({ apiKey }: ModelConfig, baseURL: string, fetch: typeof globalThis.fetch): Promise<string | undefined> {
  const headers = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` }
  const response = await fetch(`${baseURL.replace(/\/$/, '')}/models`, { headers, signal: AbortSignal.timeout(DEADLINE_MS) })
  if (!response.ok) return undefined
  const { data } = (await response.json()) as { data?: { id?: unknown }[] }
  const id = data?.[0]?.id
  return typeof id === 'string' ? id : undefined
}
