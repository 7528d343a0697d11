import {
  AISDKError,
  APICallError,
  EmptyResponseBodyError,
  InvalidResponseDataError,
  JSONParseError,
  LoadAPIKeyError,
  NoContentGeneratedError,
  TypeValidationError,
} from '@ai-sdk/provider'
import { AppError, cleanText, type ErrorCode } from '#lib/protocol/index.ts'
import type { ModelConfig } from './model.ts'
import { clamp, retryAfterMs } from './retry-after.ts'

export interface ErrorContext {
  config: Pick<ModelConfig, 'provider' | 'model' | 'apiKey' | 'baseURL'>
  /** The provider had accepted the call. */
  isAccepted: boolean
  /** Part of the answer had arrived. */
  hasBegun: boolean
}

/** Whatever an SDK, fetch or a stream threw, as an `AppError` with a `provider-*` code and a message that is safe to show. */
export function toProviderError(thrown: unknown, context: ErrorContext): AppError {
  if (thrown instanceof AppError) return thrown
  if (isNetworkError(thrown)) return makeError(context.isAccepted ? 'provider-cut' : 'provider-unreachable', context, { cause: thrown })
  if (LoadAPIKeyError.isInstance(thrown)) return makeError('provider-auth', context, { cause: thrown })
  const failure = failureOf(thrown)
  const code = classify(failure) ?? (failure.message === '' && isMalformed(thrown) ? 'provider-malformed' : 'provider-error')
  return makeError(code, context, { cause: thrown, failure })
}

/** The stream ended without saying that the answer is complete. */
export function cutError(context: ErrorContext): AppError {
  return makeError('provider-cut', context, {})
}

/** The provider answered with something that is no answer. `hint` ends the sentence "… answered with". */
export function malformedError(context: ErrorContext, hint: string, cause?: unknown): AppError {
  return makeError('provider-malformed', context, { cause, hint })
}

/** What a provider said about a failure, wherever it stood. */
interface Failure {
  status?: number | undefined
  /** Its machine-readable codes and types, joined. */
  codes: string
  message: string
  retryAfterMs?: number | undefined
}

const NETWORK_CODES =
  /^(ECONN\w+|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EPROTO|UND_ERR_\w+|HPE_\w+|CERT_\w+|ERR_TLS\w*|ERR_SSL\w*|DEPTH_ZERO\w+|SELF_SIGNED\w+|UNABLE_TO_\w+)$/

/** Nobody answered, or the connection broke. */
export function isNetworkError(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth += 1) {
    const { code } = error as NodeJS.ErrnoException
    if (typeof code === 'string' && NETWORK_CODES.test(code)) return true
    // What Node calls the end of `AbortSignal.timeout`.
    if (error.name === 'TimeoutError') return true
    // Without a status nobody has answered.
    if (APICallError.isInstance(error) && error.statusCode === undefined) return true
    if (error instanceof TypeError && /^(fetch failed|terminated|failed to fetch)$/i.test(error.message)) return true
  }
  return false
}

function isMalformed(thrown: unknown): boolean {
  if (APICallError.isInstance(thrown)) return thrown.statusCode !== undefined && thrown.statusCode < 300
  const classes = [JSONParseError, TypeValidationError, InvalidResponseDataError, EmptyResponseBodyError, NoContentGeneratedError]
  return classes.some((one) => one.isInstance(thrown)) || (thrown instanceof Error && !AISDKError.isInstance(thrown))
}

function failureOf(thrown: unknown): Failure {
  if (APICallError.isInstance(thrown)) return failureOfCall(thrown)
  // A chunk that is an error in a shape of its own.
  if (TypeValidationError.isInstance(thrown)) return { codes: '', message: '', ...readError(thrown.value) }
  if (thrown instanceof Error) return { codes: '', message: '' }
  return { codes: '', message: '', ...readError(thrown) }
}

function failureOfCall(error: APICallError): Failure {
  // The SDK's `data` has lost the fields that its schema does not name.
  const said = readError(parseJson(error.responseBody)) ?? readError(error.data)
  const delay = /"retryDelay":\s*"(\d+(?:\.\d+)?)s"/.exec(error.responseBody ?? '')?.[1]
  const isError = (error.statusCode ?? 0) >= 300
  return {
    status: isError ? error.statusCode : said?.status,
    codes: said?.codes ?? '',
    message: said?.message ?? (isError ? error.message : ''),
    retryAfterMs: retryAfterMs(error.responseHeaders ?? {}) ?? (delay === undefined ? undefined : clamp(Number(delay) * 1_000)),
  }
}

/** Finds `{message, type, code, status}` in what providers send: bare, in `error`, in `response.error`, in an array, as text. */
function readError(value: unknown, depth = 0): Failure | undefined {
  if (typeof value === 'string') return { codes: '', message: value }
  if (typeof value !== 'object' || value === null || depth > 4) return undefined
  if (Array.isArray(value)) return readError(value[0], depth + 1)
  const { error, response, detail, message, type, code, status, statusCode } = value as Record<string, unknown>
  const inner = readError(error ?? response ?? detail, depth + 1)
  if (inner) return { ...inner, status: inner.status ?? numberOf(statusCode, code, status) }
  if (typeof message !== 'string') return undefined
  return {
    status: numberOf(statusCode, code, status),
    codes: [type, code, status].filter((one) => typeof one === 'string').join(' '),
    message,
  }
}

function numberOf(...candidates: unknown[]): number | undefined {
  return candidates.find((one): one is number => typeof one === 'number' && one >= 300 && one < 600)
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? 'null')
  } catch {
    // Error bodies are often no JSON: then only the status speaks.
    return undefined
  }
}

const CONTEXT =
  /context_length|context_window|exceed_context|context (length|window|size)|prompt is too long|input is too long|too many (input )?tokens|input token count|maximum number of tokens/i
const BILLING = /insufficient_quota|insufficient_funds|billing|credit balance|insufficient (credit|balance|funds)|payment required/i
const AUTH =
  /invalid_api_key|authentication_error|permission_error|PERMISSION_DENIED|UNAUTHENTICATED|api[ _]key[ _](not[ _]valid|invalid)|invalid api key|incorrect api key/i
const MODEL = /model_not_found|not_found_error|NOT_FOUND|model\b.{0,80}\b(not found|does not exist|not exist)|(unknown|invalid) model/i
const RATE = /rate_limit|too_many_requests|RESOURCE_EXHAUSTED|rate limit/i
const BUSY = /overloaded|server_error|UNAVAILABLE|INTERNAL\b|internal_error|api_error|timeout_error|temporarily|try again later/i
const REQUEST = /invalid_request_error|INVALID_ARGUMENT|bad_request|invalid_prompt/i

/** The code of a failure, from the specific to the general. Undefined when the provider said nothing to go by. */
function classify({ status, codes, message }: Failure): ErrorCode | undefined {
  const said = `${codes} ${message}`
  if (status === 413 || (status !== 429 && CONTEXT.test(said))) return 'provider-context-too-long'
  // Rate limits, too, are often explained with a word about billing.
  if (status === 402 || BILLING.test(RATE.test(codes) ? codes : said)) return 'provider-billing'
  if (status === 401 || status === 403 || AUTH.test(said)) return 'provider-auth'
  if (status === 404 || (status !== 429 && (status ?? 0) < 500 && MODEL.test(said))) return 'provider-model-not-found'
  if (status === 429 || RATE.test(said)) return 'provider-rate-limited'
  if (status === 408 || status === 409 || status === 425 || (status ?? 0) >= 500) return 'provider-unavailable'
  if (status !== undefined && status >= 300) return 'provider-bad-request'
  if (BUSY.test(said)) return 'provider-unavailable'
  if (REQUEST.test(said)) return 'provider-bad-request'
  return undefined
}

const RECOVERABLE = new Set<ErrorCode>([
  'provider-rate-limited',
  'provider-unavailable',
  'provider-unreachable',
  'provider-cut',
  'provider-error',
])

interface Details {
  cause?: unknown
  failure?: Failure
  hint?: string
}

function makeError(code: ErrorCode, context: ErrorContext, { cause, failure, hint }: Details): AppError {
  // What broke in mid-answer may be whole the next time; what was never an answer will not become one.
  const recoverable = RECOVERABLE.has(code) || (code === 'provider-malformed' && context.hasBegun)
  const waitMs = recoverable ? failure?.retryAfterMs : undefined
  return new AppError(code, messageFor(code, context, excerpt(failure?.message, context), hint), {
    recoverable,
    ...(cause !== undefined && { cause }),
    ...(waitMs !== undefined && { retryAfterMs: waitMs }),
  })
}

/** What a provider is called, at the beginning of a sentence. */
export const NAMES = {
  openai: 'OpenAI',
  'openai-compatible': 'The model server',
  anthropic: 'Anthropic',
  google: 'Google',
  demo: 'The demo model',
}
const KEYS = {
  openai: 'OPENAI_API_KEY',
  'openai-compatible': 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
  demo: 'OPENAI_API_KEY',
}

function messageFor(code: ErrorCode, { config, hasBegun }: ErrorContext, said: string, hint?: string): string {
  const name = NAMES[config.provider]
  const kept = hasBegun ? ' What was written so far is kept.' : ''
  const address = config.provider === 'openai-compatible' ? ' and OPENAI_BASE_URL' : ''
  switch (code) {
    case 'provider-auth':
      return `${name} refused access.${kept} Check ${KEYS[config.provider]}: the key is missing, wrong, expired or not allowed to use ${config.model}.`
    case 'provider-billing':
      return `${name} wants payment: the account has no credit or quota left.${kept} Top it up, or set another key in ${KEYS[config.provider]}.`
    case 'provider-model-not-found':
      return `${name} does not know the model "${config.model}", or this key may not use it.${kept} Check RILL_MODEL${address}.`
    case 'provider-context-too-long':
      return `The conversation is too long for ${config.model}.${kept} Start a new session, shorten the message, or set RILL_MODEL to a model with a longer context.`
    case 'provider-rate-limited':
      return `${name} is asked too often just now.${kept} Try again in a moment.`
    case 'provider-unavailable':
      return `${name} has a problem of its own or is overloaded.${kept} Try again in a moment.`
    case 'provider-unreachable':
      return `${name} cannot be reached.${kept} Check the network${address ? ', that the server is running, and OPENAI_BASE_URL' : ''}, then try again.`
    case 'provider-cut':
      return `The connection to ${name.replace(/^The /, 'the ')} ended before the answer was complete.${kept} Try again.`
    case 'provider-malformed':
      return `${name} answered with ${hint ?? 'something that is no valid answer'}.${kept} ${hasBegun ? 'Try again' : 'Check RILL_MODEL'}${hasBegun ? '' : address}.`
    case 'provider-bad-request':
      return `${name} did not accept the request${said}.${kept} Check RILL_MODEL, or start a new session.`
    default:
      return `${name} reported an error${said}.${kept} Try again.`
  }
}

const SECRETS = /\b(sk|pk|rk|key|gsk|xai|AIza|ya29|Bearer|eyJ)[-_. ]?[\w.*-]{6,}|[\w+/=-]{32,}/gi

/** The provider's own words, short and without secrets or addresses: often they alone say what is wrong. Begins with ": ". */
function excerpt(message: string | undefined, { config }: ErrorContext): string {
  if (!message || /<\/?[a-z!]/i.test(message)) return ''
  let text = cleanText(message.slice(0, 2_000)).replace(/\s+/g, ' ').trim()
  if (config.apiKey) text = text.replaceAll(config.apiKey, '[key]')
  text = text.replace(/https?:\/\/\S+/g, '[address]').replace(SECRETS, '[key]')
  text = text.length > 200 ? `${text.slice(0, 199).toWellFormed()}…` : text.replace(/[.\s]+$/, '')
  return text === '' ? '' : `: ${text}`
}
