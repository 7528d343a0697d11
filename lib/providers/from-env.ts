import { AppError } from '#lib/protocol/index.ts'
import { DEFAULT_DEADLINES, type ModelConfig, type ModelDeadlines, type ProviderConfig } from './model.ts'
import type { ModelsConfig } from './models.ts'
import { isProvider, plans } from './plans.ts'

type Environment = Record<string, string | undefined>

/** Node's fetch gives up by itself after five minutes of silence. */
const LONGEST_DEADLINE_MS = 290_000

/**
 * Chooses the model: `RILL_MODEL` when it is set, else the server at `OPENAI_BASE_URL`, else the first provider that has a key,
 * else the demo. Blank variables count as not set. Throws `config-invalid`, naming the variable and what to do.
 */
export function modelFromEnv(environment: Environment): ModelConfig {
  return modelsFromEnv(environment).default
}

/** That model, every provider that is configured beside its own, and the model for titles and summaries if `RILL_SMALL_MODEL` names one. */
export function modelsFromEnv(environment: Environment): ModelsConfig {
  const env = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, value?.trim() || undefined]))
  const deadlines = deadlinesOf(env)
  const patient = (config: ModelConfig) => (deadlines ? { ...config, deadlines } : config)
  const standard = patient(env.RILL_MODEL ? named('RILL_MODEL', env.RILL_MODEL, env) : configOf(providerByKey(env), { env }))
  const small = env.RILL_SMALL_MODEL ? patient(named('RILL_SMALL_MODEL', env.RILL_SMALL_MODEL, env)) : undefined
  const chosen = [standard, ...(small ? [small] : [])]
  const others = configured(env)
    // One server under two names would be offered twice.
    .filter((provider) => !(provider === 'openai-compatible' && chosen.some((one) => one.provider === 'openai' && one.baseURL)))
    .map((provider) => patient(configOf(provider, { env })))
  const providers = new Map<string, ProviderConfig>()
  for (const { model: _, ...provider } of [...chosen, ...others])
    if (!providers.has(provider.provider)) providers.set(provider.provider, provider)
  return { default: standard, providers: [...providers.values()], ...(small && { small }) }
}

/** What has all that it needs, in the order in which the first is chosen. */
function configured(env: Environment): ModelConfig['provider'][] {
  const isOther = isOtherServer(env)
  return [
    ...(isOther ? (['openai-compatible'] as const) : []),
    // At another address, the key is that server's.
    ...(['openai', 'anthropic', 'google'] as const).filter(
      (provider) => env[plans[provider].keyVariable ?? ''] && !(provider === 'openai' && isOther),
    ),
    'demo',
  ]
}

/** Only OpenAI itself speaks the Responses API for certain; at any other address the chat format is understood. */
function isOtherServer({ OPENAI_BASE_URL: url }: Environment): boolean {
  return url !== undefined && !url.startsWith('https://api.openai.com/')
}

function providerByKey(env: Environment): ModelConfig['provider'] {
  const [first = 'demo'] = configured(env)
  return first === 'demo' && env.OPENAI_BASE_URL ? 'openai' : first
}

function named(variable: string, value: string, env: Environment): ModelConfig {
  const slash = value.indexOf('/')
  const provider = slash < 0 ? value : value.slice(0, slash)
  const model = slash < 0 ? '' : value.slice(slash + 1)
  if (!isProvider(provider))
    throw invalid(
      variable,
      `names the provider "${provider}", which there is not. Write provider/model, with one of: ${Object.keys(plans).join(', ')}.`,
    )
  if (model === '' && provider !== 'demo')
    throw invalid(variable, `names no model. Write provider/model, for example ${provider}/${plans[provider].defaultModel}.`)
  return configOf(provider, { model: model || undefined, env, variable })
}

interface Wanted {
  model?: string | undefined
  env: Environment
  /** Which variable asks for it. */
  variable?: string
}

function configOf(
  provider: ModelConfig['provider'],
  { model = plans[provider].defaultModel, env, variable = 'RILL_MODEL' }: Wanted,
): ModelConfig {
  if (provider === 'demo') return { provider, model, ...demoSpeed(env) }
  const { keyVariable } = plans[provider]
  const apiKey = keyVariable === undefined ? undefined : env[keyVariable]
  const baseVariable = provider === 'anthropic' ? 'ANTHROPIC_BASE_URL' : 'OPENAI_BASE_URL'
  const baseURL = provider === 'google' ? undefined : env[baseVariable]
  if (baseURL !== undefined && !(/^https?:\/\//.test(baseURL) && URL.canParse(baseURL)))
    throw invalid(baseVariable, 'must begin with http:// or https://, for example http://127.0.0.1:11434/v1.')
  if (provider === 'openai-compatible' && !baseURL)
    throw invalid('OPENAI_BASE_URL', `is missing: ${variable} asks for openai-compatible, which needs the address of a server.`)
  if (keyVariable && !apiKey && provider !== 'openai-compatible')
    throw invalid(keyVariable, `is missing: ${provider} needs a key. Set it, or change ${variable} or OPENAI_BASE_URL.`)
  return { provider, model, ...(apiKey && { apiKey }), ...(baseURL && { baseURL }) }
}

function demoSpeed(env: Environment): Pick<ModelConfig, 'tokensPerSecond'> {
  if (!env.RILL_DEMO_TOKENS_PER_SECOND) return {}
  return { tokensPerSecond: wholeNumber('RILL_DEMO_TOKENS_PER_SECOND', env, 0, 1_000_000) }
}

function deadlinesOf(env: Environment): Partial<ModelDeadlines> | undefined {
  if (!env.RILL_FIRST_BYTE_TIMEOUT_MS && !env.RILL_STALL_TIMEOUT_MS) return undefined
  const { firstByteMs, stallMs } = DEFAULT_DEADLINES
  return {
    firstByteMs: env.RILL_FIRST_BYTE_TIMEOUT_MS ? wholeNumber('RILL_FIRST_BYTE_TIMEOUT_MS', env, 1, LONGEST_DEADLINE_MS) : firstByteMs,
    stallMs: env.RILL_STALL_TIMEOUT_MS ? wholeNumber('RILL_STALL_TIMEOUT_MS', env, 1, LONGEST_DEADLINE_MS) : stallMs,
  }
}

function wholeNumber(name: string, env: Environment, least: number, most: number): number {
  const value = Number(env[name])
  if (!Number.isInteger(value) || value < least || value > most) throw invalid(name, `must be a whole number from ${least} to ${most}.`)
  return value
}

function invalid(variable: string, problem: string): AppError {
  return new AppError('config-invalid', `${variable} ${problem}`, { field: variable })
}
