import { DEFAULT_DEADLINES, type Model, type ModelConfig } from './model.ts'
import { plans } from './plans.ts'
import { createStreamingModel } from './stream-model.ts'

export * from './from-env.ts'
export * from './model.ts'

/** A model as the configuration says. Nothing is loaded or dialled before the first call. */
export function createModel(config: ModelConfig, options: { fetch?: typeof globalThis.fetch } = {}): Model {
  const plan = plans[config.provider]
  let loaded: ReturnType<typeof plan.load> | undefined
  const providerOptions = plan.optionsFor?.(config.model)
  return createStreamingModel({
    provider: config.provider,
    model: config.model,
    deadlines: { ...DEFAULT_DEADLINES, ...config.deadlines },
    async load() {
      loaded ??= plan.load(config, options.fetch)
      try {
        return await loaded
      } catch (error) {
        loaded = undefined
        throw error
      }
    },
    ...(plan.keyVariable !== undefined && { keyVariable: plan.keyVariable }),
    ...(providerOptions && { providerOptions }),
  })
}
