import { AppError, type ProviderModels } from '#lib/protocol/index.ts'
import { createModel, type ModelOptions } from './create-model.ts'
import { listModels } from './list-models.ts'
import type { Model, ModelConfig, ProviderConfig } from './model.ts'
import { FIRST_OFFERED } from './openai-compatible.ts'

/** Which model answers where nothing was chosen, what else is configured, and who names and summarises. */
export interface ModelsConfig {
  default: ModelConfig
  /** Each provider once; the default's first. */
  providers: ProviderConfig[]
  /** For titles and summaries. Left out, the model that answers does that too. */
  small?: ModelConfig
}

/** All models that this configuration reaches, each made when it is first asked for. */
export interface Models {
  readonly default: Model
  readonly small: Model | null
  /** The model called "provider/model". Throws `invalid-request` for a name of another form, or of a provider that is not configured. */
  get(name: string): Model
  /** What each provider offers. Never throws for what a provider does; `signal` ends the waiting, with its reason. */
  list(signal?: AbortSignal): Promise<ProviderModels[]>
  /** The default as "provider/model": while its server was not asked yet, the model that it lists first. */
  nameOfDefault(lists: readonly ProviderModels[]): string
}

export interface ModelsOptions extends ModelOptions {
  now?: () => number
}

/** A model costs little, and any name may be asked for: of more than these, the one that was asked for longest ago goes. */
const MOST_KEPT = 100
const KEPT_MS = 60_000
const KEPT_FAILURE_MS = 5_000

export function createModels(config: ModelsConfig, { now = () => performance.now(), ...options }: ModelsOptions = {}): Models {
  const fetch = options.fetch ?? globalThis.fetch
  const kept = new Map<string, Model>()
  const lists = new Map<string, KeptList>()
  const make = (one: ModelConfig) => createModel(one, options)
  const standard = make(config.default)

  function get(name: string): Model {
    const wanted = configOf(name, config.providers)
    const { provider, model } = wanted
    // Also under the name that it has until its server was asked for one.
    if (provider === standard.provider && (model === standard.model || model === config.default.model)) return standard
    const one = kept.get(name) ?? make(wanted)
    kept.delete(name)
    kept.set(name, one)
    for (const oldest of kept.keys()) {
      if (kept.size <= MOST_KEPT) break
      kept.delete(oldest)
    }
    return one
  }

  function listOne(one: ProviderConfig): Promise<ProviderModels> {
    const before = lists.get(one.provider)
    if (before && now() < before.until) return before.list
    const next: KeptList = { list: listModels(one, fetch), until: Number.POSITIVE_INFINITY }
    lists.set(one.provider, next)
    return next.list.then((list) => {
      next.until = now() + (list.error ? KEPT_FAILURE_MS : KEPT_MS)
      return list
    })
  }

  return {
    default: standard,
    small: config.small ? make(config.small) : null,
    get,
    nameOfDefault(lists) {
      const { provider, model } = standard
      const first = lists.find((one) => one.provider === provider)?.models[0]?.id
      return `${provider}/${(model === FIRST_OFFERED && first) || model}`
    },
    list: (signal) => orAborted(Promise.all(config.providers.map(listOne)), signal),
  }
}

interface KeptList {
  list: Promise<ProviderModels>
  /** While it is asked for, all who ask wait for the one answer. */
  until: number
}

/** How to reach a model by its name. */
function configOf(name: string, providers: readonly ProviderConfig[]): ModelConfig {
  const slash = name.indexOf('/')
  const provider = providers.find((one) => one.provider === name.slice(0, Math.max(slash, 0)))
  const model = name.slice(slash + 1)
  if (provider && model !== '') return { ...provider, model }
  const asked = name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')
  const known = providers.map((one) => one.provider).join(', ')
  throw new AppError('invalid-request', `The model "${asked}" is not configured here. Choose provider/model with one of: ${known}.`, {
    field: 'model',
  })
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}
