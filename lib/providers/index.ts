import type { Model, ModelConfig } from './model.ts'
import type { Fetch } from './plan.ts'
import { createStreamingModel } from './stream-model.ts'

export * from './from-env.ts'
export * from './model.ts'

export interface ModelOptions {
  fetch?: Fetch
  /** Told of each part of a stream that this version does not know. */
  onIgnored?: (what: string) => void
}

/** A model as the configuration says. Nothing is loaded or dialled before the first call. */
export function createModel(config: ModelConfig, { fetch = globalThis.fetch, onIgnored }: ModelOptions = {}): Model {
  return createStreamingModel({ config, fetch, onIgnored: onIgnored ?? (() => undefined) })
}
