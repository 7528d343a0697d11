import type { LanguageModelV4, SharedV4ProviderOptions } from '@ai-sdk/provider'
import type { OfferedModel, ReasoningEffort } from '#lib/protocol/index.ts'
import type { ModelConfig, ProviderConfig } from './model.ts'

export type Fetch = typeof globalThis.fetch

/** Makes the model for one call, whose `fetch` watches that call. Costs microseconds. */
export type ModelFactory = (fetch: Fetch) => LanguageModelV4

/** How one provider is reached. Its package is loaded when the first call is made: only one is ever used. */
export interface ProviderPlan {
  /** The environment variable that holds the key. */
  keyVariable?: string
  defaultModel: string
  /** What the provider must be told with each call. */
  optionsFor?: (model: string, effort: ReasoningEffort | undefined) => SharedV4ProviderOptions | undefined
  load(config: ModelConfig, fetch: Fetch): Promise<ModelFactory> | ModelFactory
  /** What it really offers, and can chat with, in its own order. Throws what the request, or reading the answer, threw. */
  list(config: ProviderConfig, fetch: Fetch, signal: AbortSignal): Promise<OfferedModel[]>
}
