import { APICallError } from '@ai-sdk/provider'
import { AppError } from '#lib/protocol/index.ts'
import type { Fetch } from './plan.ts'
import { WebPageError } from './wire.ts'

/** A hundred times what the longest lists have. */
const MOST_BYTES = 5_000_000
const MOST_ERROR_BYTES = 65_536

/** A `fetch` for lists of models: a web page, or more than a list can be, is an error and fills no memory. */
export function listFetch(fetch: Fetch): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init)
    const { ok, status, headers } = response
    if (ok && headers.get('content-type')?.includes('text/html')) {
      await response.body?.cancel()
      throw new WebPageError('The answer is a web page.')
    }
    const text = await readBounded(response, ok ? MOST_BYTES : MOST_ERROR_BYTES)
    return new Response(status === 204 ? null : text, { status, headers: { 'content-type': headers.get('content-type') ?? '' } })
  }
}

/** What is more than an error's text is cut off; what is more than a list is no list. */
async function readBounded(response: Response, most: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  if (!response.body) return new Uint8Array()
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength
    if (bytes > most && response.ok) throw tooLong(`more than ${MOST_BYTES / 1_000_000} MB`)
    chunks.push(chunk)
    // Leaving the loop cancels the rest.
    if (bytes > most) break
  }
  return new Uint8Array(Buffer.concat(chunks))
}

export function tooLong(what: string): AppError {
  return new AppError('provider-malformed', what)
}

/** The JSON at an address. Throws an `APICallError` for a status that is no success. */
export async function getJson(url: URL, headers: Record<string, string>, fetch: Fetch, signal: AbortSignal): Promise<unknown> {
  // A key in a header of a provider's own would go along to wherever an answer leads.
  const response = await listFetch(fetch)(url, { headers, signal, redirect: 'error' })
  const responseBody = await response.text()
  if (response.ok) return JSON.parse(responseBody)
  throw new APICallError({
    message: `Status ${response.status}`,
    url: url.origin,
    requestBodyValues: {},
    statusCode: response.status,
    responseBody,
  })
}

/** An address below a base that may end in a slash, with its query. */
export function below(base: string, path: string, query: Record<string, string | undefined> = {}): URL {
  const url = new URL(`${base.replace(/\/+$/, '')}/${path}`)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
  return url
}
