import { APICallError, JSONParseError, LoadAPIKeyError, TypeValidationError } from '@ai-sdk/provider'
import { AppError, type ErrorCode } from '#lib/protocol/index.ts'

/** What a message may name: which variable or model to look at. */
export interface ProviderNames {
  provider: string
  model: string
  /** The environment variable that holds the key, where there is one. */
  keyVariable?: string
}

const LONGEST_WAIT_MS = 60_000
const KEPT = 'What was written so far is kept.'
const NETWORK =
  /ECONN|EPIPE|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|UND_ERR|socket|terminated|other side closed|fetch failed|Cannot connect/i
const TOO_LONG =
  /context.{0,20}(length|window|limit)|maximum context|too (long|many tokens)|max.{0,10}tokens.{0,20}exceed|prompt is too long|input.{0,20}exceed/i

/** Whatever a provider's package throws or streams as an error, as an `AppError` that is safe to show and says what to do. */
export function toProviderError(thrown: unknown, names: ProviderNames): AppError {
  if (thrown instanceof AppError) return thrown
  if (APICallError.isInstance(thrown))
    return thrown.statusCode === undefined || thrown.statusCode < 400
      ? fromBrokenCall(thrown, names)
      : fromStatus(thrown.statusCode, thrown, names)
  if (LoadAPIKeyError.isInstance(thrown)) return build('provider-auth', `No key was given for ${names.provider}. ${keyHint(names)}`, thrown)
  if (JSONParseError.isInstance(thrown) || TypeValidationError.isInstance(thrown)) return malformed(names, thrown)
  if (isNetworkError(thrown)) return unreachable(names, thrown)
  return fromStreamedError(thrown, names)
}

export function malformed({ provider }: ProviderNames, cause?: unknown): AppError {
  return build(
    'provider-malformed',
    `${provider} sent something that is not an answer. ${KEPT} Check the address of the provider, then retry.`,
    cause,
    { recoverable: true },
  )
}

export function cut({ provider }: ProviderNames, cause?: unknown): AppError {
  return build('provider-cut', `The connection to ${provider} broke off in mid-answer. ${KEPT}`, cause, { recoverable: true })
}

export function timedOut({ provider }: ProviderNames, ms: number): AppError {
  return build('provider-timeout', `${provider} did not answer for ${seconds(ms)}. ${KEPT}`, undefined, { recoverable: true })
}

export function stalled({ provider }: ProviderNames, ms: number): AppError {
  return build('provider-stalled', `${provider} stopped writing for ${seconds(ms)}. ${KEPT}`, undefined, { recoverable: true })
}

/** The wait that `Retry-After` asks for, in ms: seconds or an HTTP date, at most 60 s. Undefined for what is neither. */
export function retryAfterMs(value: string | undefined, now = Date.now()): number | undefined {
  const text = value?.trim()
  if (!text) return undefined
  const ms = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), LONGEST_WAIT_MS)
}

/** True when the provider answers, but will not stream. */
export function isStreamingRefused(thrown: unknown): boolean {
  if (!APICallError.isInstance(thrown) || ![400, 403, 404, 405, 406, 415, 422, 501].includes(thrown.statusCode ?? 0)) return false
  return (
    /stream/i.test(thrown.responseBody ?? '') &&
    /unsupported|not.{0,20}(support|allow|available|enabled|permitted)|must be verified|disabled/i.test(thrown.responseBody ?? '')
  )
}

function fromStatus(status: number, error: APICallError, names: ProviderNames): AppError {
  const { provider, model } = names
  const wait = retryAfterMs(error.responseHeaders?.['retry-after'])
  const retry = { recoverable: true, ...(wait !== undefined && { retryAfterMs: wait }) }
  if ((status === 400 || status === 413 || status === 422) && TOO_LONG.test(`${error.message} ${error.responseBody ?? ''}`)) {
    return build(
      'provider-context-too-long',
      `The conversation is longer than ${model} can take. Start a new session, or choose a model with a larger context (RILL_MODEL).`,
      error,
    )
  }
  if (status === 401 || status === 403) return build('provider-auth', `${provider} refused the key. ${keyHint(names)}`, error)
  if (status === 402)
    return build('provider-billing', `${provider} wants payment first. Check the account's balance at the provider.`, error)
  if (status === 404)
    return build(
      'provider-model-not-found',
      `${provider} has no model "${model}" at this address. Check RILL_MODEL and the address.`,
      error,
    )
  if (status === 429) return build('provider-rate-limited', `${provider} is busy: too many requests for now. ${KEPT}`, error, retry)
  if (status === 408 || status === 409 || status >= 500)
    return build('provider-unavailable', `${provider} has a problem of its own (${status}). ${KEPT}`, error, retry)
  return build(
    'provider-bad-request',
    `${provider} did not accept the request (${status}). Check that ${model} supports what this chat asks for.`,
    error,
  )
}

/** A status below 400, or none: the answer could not be read, or there was no connection. */
function fromBrokenCall(error: APICallError, names: ProviderNames): AppError {
  return isNetworkError(error) || (error.statusCode === undefined && error.isRetryable)
    ? unreachable(names, error)
    : malformed(names, error)
}

/** An error inside the stream: providers send their own objects, with a type and sometimes a status. */
function fromStreamedError(thrown: unknown, names: ProviderNames): AppError {
  const text = typeof thrown === 'string' ? thrown : ((thrown instanceof Error ? thrown.message : JSON.stringify(thrown)) ?? '')
  if (TOO_LONG.test(text))
    return build(
      'provider-context-too-long',
      `The conversation is longer than ${names.model} can take. Start a new session, or choose a model with a larger context (RILL_MODEL).`,
      thrown,
    )
  if (/rate.?limit|too many requests|quota/i.test(text))
    return build('provider-rate-limited', `${names.provider} is busy: too many requests for now. ${KEPT}`, thrown, { recoverable: true })
  if (/overload|unavailable|server.?error|internal|timeout/i.test(text))
    return build('provider-unavailable', `${names.provider} has a problem of its own. ${KEPT}`, thrown, { recoverable: true })
  return build('provider-error', `${names.provider} broke off the answer with an error. ${KEPT}`, thrown, { recoverable: true })
}

function unreachable({ provider }: ProviderNames, cause: unknown): AppError {
  return build('provider-unreachable', `${provider} cannot be reached. ${KEPT} Check the network and the provider's address.`, cause, {
    recoverable: true,
  })
}

function isNetworkError(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (NETWORK.test(`${(error as NodeJS.ErrnoException).code ?? ''} ${error.message}`)) return true
  }
  return false
}

function keyHint({ keyVariable }: ProviderNames): string {
  return keyVariable ? `Check ${keyVariable}.` : 'Check the key.'
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}

function build(code: ErrorCode, message: string, cause: unknown, options: { recoverable?: boolean; retryAfterMs?: number } = {}): AppError {
  return new AppError(code, message, { cause, ...options })
}
