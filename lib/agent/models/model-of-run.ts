import { AppError, type SessionInfo } from '#lib/protocol/index.ts'
import type { Model, Models } from '#lib/providers/index.ts'
import type { ModelChoice, ModelName } from '../store.ts'

/** What an agent needs of its models beside the one that answers where nothing was chosen. */
export type ModelSource = Pick<Models, 'get' | 'small'>

/** For an agent that was given one model and no other. */
export function onlyModel(model: Model): ModelSource {
  return {
    small: null,
    get(name) {
      if (name === `${model.provider}/${model.model}`) return model
      throw new AppError('invalid-request', `This agent has one model only, ${model.provider}/${model.model}.`, { field: 'model' })
    },
  }
}

/** Who answers: whoever began the answer, else what was chosen for the session, else the agent's own model. */
export function chooseModel({ provider, model }: ModelName): ModelChoice {
  return (session, before) => before ?? nameOf(session) ?? { provider, model }
}

function nameOf({ model }: SessionInfo): ModelName | null {
  if (!model) return null
  const slash = model.indexOf('/')
  return { provider: model.slice(0, Math.max(slash, 0)), model: model.slice(slash + 1) }
}

/** The model that a run was claimed for. One that is not configured any more is a model that says so, whatever it is asked. */
export function modelOf({ provider, model }: ModelName, { own, models }: { own: Model; models: ModelSource }): Model {
  if (provider === own.provider && model === own.model) return own
  try {
    return models.get(`${provider}/${model}`)
  } catch (error) {
    return {
      provider,
      model,
      stream() {
        throw new AppError(
          'provider-model-not-found',
          `The model ${provider}/${model} is not configured here any more. Choose another model, then press Retry: the conversation is kept.`,
          { cause: error },
        )
      },
    }
  }
}
