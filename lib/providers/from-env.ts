import { AppError } from '#lib/protocol/index.ts'
import { DEFAULT_DEADLINES, type ModelConfig, type ModelDeadlines } from './model.ts'
import { isProvider, plans } from './plans.ts'

type Environment = Record<string, string | undefined>

/**
 * Chooses the model: `RILL_MODEL` when it is set, else the first provider that has a key, else an address without a key, else
 * the demo. Throws `config-invalid`, naming the variable and what to do.
 */
export function modelFromEnv(env: Environment): ModelConfig {
  const config = env.RILL_MODEL ? named(env.RILL_MODEL, env) : byKey(env)
  const deadlines = deadlinesOf(env)
  return deadlines ? { ...config, deadlines } : config
}

function byKey(env: Environment): ModelConfig {
  if (env.OPENAI_BASE_URL && !env.OPENAI_API_KEY) return configOf('openai-compatible', plans['openai-compatible'].defaultModel, env)
  for (const provider of ['openai', 'anthropic', 'google'] as const) {
    if (env[plans[provider].keyVariable ?? ''])
      return configOf(provider === 'openai' && env.OPENAI_BASE_URL ? 'openai-compatible' : provider, plans[provider].defaultModel, env)
  }
  return { provider: 'demo', model: plans.demo.defaultModel }
}

function named(value: string, env: Environment): ModelConfig {
  const slash = value.indexOf('/')
  const provider = slash < 0 ? value : value.slice(0, slash)
  const model = slash < 0 ? '' : value.slice(slash + 1)
  if (!isProvider(provider))
    throw invalid(
      'RILL_MODEL',
      `names the provider "${provider}", which there is not. Write provider/model, with one of: ${Object.keys(plans).join(', ')}.`,
    )
  if (model === '' && provider !== 'demo')
    throw invalid('RILL_MODEL', `names no model. Write provider/model, for example ${provider}/${plans[provider].defaultModel}.`)
  return configOf(provider, model || plans[provider].defaultModel, env)
}

function configOf(provider: ModelConfig['provider'], model: string, env: Environment): ModelConfig {
  const { keyVariable } = plans[provider]
  const apiKey = keyVariable === undefined ? undefined : env[keyVariable]
  const baseURL = provider === 'openai' || provider === 'openai-compatible' ? env.OPENAI_BASE_URL : undefined
  if (baseURL !== undefined && !/^https?:\/\//.test(baseURL))
    throw invalid('OPENAI_BASE_URL', 'must begin with http:// or https://, for example http://127.0.0.1:11434/v1.')
  if (provider === 'openai-compatible' && !baseURL)
    throw invalid('OPENAI_BASE_URL', 'is missing: RILL_MODEL asks for openai-compatible, which needs the address of a server.')
  if (keyVariable && !apiKey && provider !== 'openai-compatible')
    throw invalid(keyVariable, `is missing: RILL_MODEL asks for ${provider}, which needs a key.`)
  return { provider, model, ...(apiKey && { apiKey }), ...(baseURL && { baseURL }) }
}

function deadlinesOf(env: Environment): Partial<ModelDeadlines> | undefined {
  const firstByteMs = milliseconds('RILL_FIRST_BYTE_TIMEOUT_MS', env, DEFAULT_DEADLINES.firstByteMs)
  const stallMs = milliseconds('RILL_STALL_TIMEOUT_MS', env, DEFAULT_DEADLINES.stallMs)
  return env.RILL_FIRST_BYTE_TIMEOUT_MS || env.RILL_STALL_TIMEOUT_MS ? { firstByteMs, stallMs } : undefined
}

function milliseconds(name: string, env: Environment, fallback: number): number {
  const text = env[name]
  if (!text) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > 3_600_000)
    throw invalid(name, 'must be a whole number of milliseconds between 1 and 3600000.')
  return value
}

function invalid(variable: string, problem: string): AppError {
  return new AppError('config-invalid', `${variable} ${problem}`, { field: variable })
}
