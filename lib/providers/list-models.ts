import { ZodError } from 'zod'
import { AppError, cleanText, type ErrorCode, type OfferedModel, type ProviderModels } from '#lib/protocol/index.ts'
import { NAMES, toProviderError } from './errors.ts'
import type { ProviderConfig } from './model.ts'
import type { Fetch } from './plan.ts'
import { plans } from './plans.ts'
import { isCausedBy, WebPageError } from './wire.ts'

const DEADLINE_MS = 10_000
/** Several times what the largest marketplace offers; nobody looks through more. */
const MOST_MODELS = 5_000
/** With the provider before it, a session's model must fit into what a request may say. */
const LONGEST_ID = 150
const LONGEST_NAME = 100

/** What one provider offers, or a reason that is safe to show. Never throws; takes 10 s at most. */
export async function listModels(config: ProviderConfig, fetch: Fetch): Promise<ProviderModels> {
  const { provider } = config
  const signal = AbortSignal.timeout(DEADLINE_MS)
  try {
    return { provider, models: checked(await orAborted(plans[provider].list(config, fetch, signal), signal)) }
  } catch (thrown) {
    const { code, message } = signal.aborted ? late(config) : explain(thrown, config)
    return { provider, models: [], error: { code, message } }
  }
}

/** Not every way to ask notices the signal at once. */
function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    work.then(resolve, reject)
  })
}

function checked(models: OfferedModel[]): OfferedModel[] {
  if (models.length > MOST_MODELS) throw new AppError('provider-malformed', `a list of ${models.length} models`)
  const seen = new Set<string>()
  return models.flatMap(({ id, name }) => {
    if (seen.has(id) || id.length > LONGEST_ID || !/^\S+$/u.test(id) || id !== cleanText(id)) return []
    seen.add(id)
    const shown = name === undefined || name === id ? undefined : cleanText(name.slice(0, LONGEST_NAME))
    return [{ id, ...(shown && { name: shown }) }]
  })
}

interface Reason {
  code: ErrorCode
  message: string
}

function late({ provider }: ProviderConfig): Reason {
  return { code: 'provider-timeout', message: `${NAMES[provider]} did not list its models within ${DEADLINE_MS / 1_000} s. Try again.` }
}

/** As a failed answer is explained, where it is the same; else in words about a list. */
function explain(thrown: unknown, config: ProviderConfig): Reason {
  const name = NAMES[config.provider]
  const address = config.provider === 'openai-compatible' ? ' Check OPENAI_BASE_URL.' : ' Try again later.'
  const hint = hintOf(thrown)
  if (hint !== undefined)
    return { code: 'provider-malformed', message: `${name} answered with ${hint} where it should list its models.${address}` }
  const { code, message } = toProviderError(thrown, { config: { ...config, model: 'its models' }, isAccepted: false, hasBegun: false })
  switch (code) {
    case 'provider-model-not-found':
      return { code, message: `${name} does not list its models.${address}` }
    case 'provider-bad-request':
      return { code, message: `${name} refused to list its models.${address}` }
    case 'provider-malformed':
      return { code, message: `${name} answered with something that is no list of models.${address}` }
    default:
      return { code, message }
  }
}

/** What came instead of a list, when that is known. */
function hintOf(thrown: unknown): string | undefined {
  if (isCausedBy(thrown, WebPageError)) return 'a web page'
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth += 1) {
    if (error instanceof AppError && error.code === 'provider-malformed') return error.message
    if (error instanceof ZodError || error instanceof SyntaxError) return 'something else'
  }
  return undefined
}
