import { AppError, type OfferedModel } from '#lib/protocol/index.ts'
import { isNetworkError } from './errors.ts'
import type { ProviderConfig } from './model.ts'
import { isOllama, listOllama } from './ollama-list.ts'
import { listOpenAI, toOffered } from './openai-list.ts'
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
    if (baseURL === undefined) throw withoutAddress()
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
    const modelId = model === FIRST_OFFERED ? ((await firstOffered(config, plainFetch)) ?? model) : model
    const settings = { name: 'openai-compatible', baseURL, includeUsage: true, ...(apiKey !== undefined && { apiKey }) }
    return (fetch) => createOpenAICompatible({ ...settings, fetch }).chatModel(modelId)
  },
  async list(config, fetch, signal) {
    const { baseURL } = config
    if (baseURL === undefined) throw withoutAddress()
    if (isOllama(baseURL)) return (await byTags(baseURL, fetch, signal)) ?? toOffered(await listOpenAI(config, fetch, signal))
    const models = await listOpenAI(config, fetch, signal)
    return (isOllama(baseURL, models) ? await byTags(baseURL, fetch, signal) : undefined) ?? toOffered(models)
  },
}

/** Undefined when it is no Ollama after all: then the list that it shares with others is all there is. */
async function byTags(baseURL: string, fetch: Fetch, signal: AbortSignal): Promise<OfferedModel[] | undefined> {
  try {
    return await listOllama(baseURL, fetch, signal)
  } catch (error) {
    if (signal.aborted || isNetworkError(error)) throw error
    return undefined
  }
}

function withoutAddress(): AppError {
  return new AppError('config-invalid', 'The provider openai-compatible needs an address: set OPENAI_BASE_URL, or baseURL.')
}

/** Undefined when the server lists no models: it may still have one under the name that is sent. */
async function firstOffered(config: ProviderConfig, fetch: Fetch): Promise<string | undefined> {
  const signal = AbortSignal.timeout(DEADLINE_MS)
  try {
    return (await openaiCompatible.list(config, fetch, signal))[0]?.id
  } catch (error) {
    if (signal.aborted || isNetworkError(error)) throw error
    return undefined
  }
}
