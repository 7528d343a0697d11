import { APICallError, InvalidResponseDataError } from '@ai-sdk/provider'
import { AppError } from '#lib/protocol/index.ts'
import type { Fetch } from './plan.ts'

/** More than any answer: what is longer is no answer, and may not fill the memory. */
const MOST_BYTES = 256 * 1024 * 1024
const MOST_ERROR_BYTES = 1024 * 1024

/** Thrown beneath the SDK when a whole JSON answer came where a stream was asked for. */
export class NotStreamedError extends Error {
  override readonly name = 'NotStreamedError'
}

/** Thrown beneath the SDK when a web page came where an answer was asked for. */
export class WebPageError extends Error {
  override readonly name = 'WebPageError'
}

/** One model call's connection, as seen from beneath the SDK: tells of every byte, and sees what the SDK cannot say. */
export class Wire {
  /** The provider has begun to answer, and not with an error. */
  isAccepted = false
  /** Bytes of successful answers so far. */
  bytes = 0
  readonly #fetch: Fetch
  readonly #onByte: () => void
  #plain: Response | undefined

  constructor(fetch: Fetch, onByte: () => void) {
    this.#fetch = fetch
    this.#onByte = onByte
  }

  /** For the SDK in place of `fetch`. A whole answer that came instead of a stream is given to the next call. */
  readonly fetch: Fetch = async (input, init) => {
    const kept = this.#plain
    this.#plain = undefined
    if (kept) return kept
    const response = await this.#fetch(input, init)
    this.isAccepted = response.ok
    const type = response.headers.get('content-type') ?? ''
    if (response.ok && type.includes('text/html')) {
      await response.body?.cancel()
      throw new WebPageError('The answer is a web page.')
    }
    const watched = this.#watch(response)
    if (response.ok && type.includes('application/json') && isStreamRequest(input, init)) {
      this.#plain = watched
      throw new NotStreamedError('The answer is not streamed.')
    }
    return watched
  }

  #watch(response: Response): Response {
    if (!response.body) return response
    const reader = response.body.getReader()
    const { ok, status, statusText, headers } = response
    const most = ok ? MOST_BYTES : MOST_ERROR_BYTES
    let bytes = 0
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>(
      {
        pull: async (controller) => {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            return
          }
          bytes += value.byteLength
          if (ok) this.bytes = bytes
          this.#onByte()
          if (bytes <= most) controller.enqueue(value)
          else controller.error(await tooLong(reader))
        },
        cancel: (reason) => reader.cancel(reason),
      },
      { highWaterMark: 0 },
    )
    return new Response(body, { status, statusText, headers })
  }
}

async function tooLong(reader: ReadableStreamDefaultReader): Promise<AppError> {
  await reader.cancel()
  return new AppError('provider-malformed', 'The model sent more than can be an answer. What was written so far is kept.')
}

/** OpenAI and Anthropic ask for a stream in the body, Google in the address. */
function isStreamRequest(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): boolean {
  const address = input instanceof Request ? input.url : String(input)
  return address.includes(':streamGenerateContent') || (typeof init?.body === 'string' && init.body.includes('"stream":true'))
}

const REFUSED_STATUS = new Set([400, 404, 415, 422])
const REFUSAL = /support|allow|enabl|disabl|implement|available|verified|must be false|unsupported/i

/** True when a provider would answer, but not as a stream. */
export function isStreamingRefused(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return isCausedBy(error, NotStreamedError)
  if (error.statusCode === 405 || error.statusCode === 501) return true
  if (isCausedBy(error, NotStreamedError)) return true
  const said = `${error.message} ${error.responseBody ?? ''}`
  return REFUSED_STATUS.has(error.statusCode ?? 0) && /stream/i.test(said) && REFUSAL.test(said)
}

/** True when a provider would answer, but not with this much thinking. */
export function isEffortRefused(error: unknown): boolean {
  if (!APICallError.isInstance(error)) return false
  const said = `${error.message} ${error.responseBody ?? ''}`
  return (error.statusCode === 400 || error.statusCode === 422) && /reasoning|thinking|effort/i.test(said)
}

/** How `@ai-sdk/openai-compatible` says that a stream had no finish reason: invalid data, and none of it. */
export function isEndWithoutFinish(error: unknown): boolean {
  return InvalidResponseDataError.isInstance(error) && error.data === undefined
}

/** Looks through what SDKs wrap around an error. */
export function isCausedBy<T extends Error>(thrown: unknown, type: new (...args: never[]) => T): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 10; error = error.cause, depth += 1)
    if (error instanceof type) return true
  return false
}
