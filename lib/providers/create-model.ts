import { AppError } from '#lib/protocol/index.ts'
import type { Model, ModelConfig } from './model.ts'
import type { Fetch } from './plan.ts'
import { isProvider, plans } from './plans.ts'
import { createStreamingModel } from './stream-model.ts'

export interface ModelOptions {
  fetch?: Fetch
  /** Told of each part of a stream that this version does not know. */
  onIgnored?: (what: string, provider: string) => void
  /** Told when a provider refused a setting, and was asked again without it. */
  onRefused?: (what: string, provider: string) => void
}

const nobody = () => undefined

/** A model as the configuration says; `config-invalid` is thrown for an unknown provider. The first call loads and dials. */
export function createModel(config: ModelConfig, options: ModelOptions = {}): Model {
  const { fetch = globalThis.fetch, onIgnored = nobody, onRefused = nobody } = options
  if (!isProvider(config.provider))
    throw new AppError('config-invalid', `There is no provider "${config.provider}". There are: ${Object.keys(plans).join(', ')}.`, {
      field: 'provider',
    })
  const { provider } = config
  return createStreamingModel({
    config,
    fetch,
    onIgnored: (what) => onIgnored(what, provider),
    onRefused: (what) => onRefused(what, provider),
  })
}
