import { APICallError } from '@ai-sdk/provider'
import * as z from 'zod'
import type { OfferedModel } from '#lib/protocol/index.ts'
import { canChat } from './can-chat.ts'
import { listFetch } from './list-fetch.ts'
import type { ProviderConfig } from './model.ts'
import type { Fetch } from './plan.ts'

const listed = z.object({
  id: z.string(),
  created: z.number().optional().catch(undefined),
  owned_by: z.string().optional().catch(undefined),
})
export type Listed = z.infer<typeof listed>

/** What a server in OpenAI's format lists, in its order. Some leave `data` out where they have nothing. */
const list = z.object({ data: z.array(listed).nullish() })

/** Asks with the `openai` package, once. Throws an `APICallError` for an answer that is no success, and `ZodError` for nonsense. */
export async function listOpenAI({ apiKey, baseURL }: ProviderConfig, fetch: Fetch, signal: AbortSignal): Promise<Listed[]> {
  const { APIError, OpenAI } = await import('openai')
  let body: unknown
  const watched = listFetch(fetch)
  const client = new OpenAI({
    // The package wants one; a server that needs none does not look at it.
    apiKey: apiKey ?? 'none',
    maxRetries: 0,
    logLevel: 'off',
    // What these would be read from is another's: the configuration says all that is wanted.
    organization: null,
    project: null,
    ...(baseURL !== undefined && { baseURL }),
    fetch: async (input, init) => {
      const response = await watched(input, init)
      // The package makes an empty list of everything that is none.
      body = response.ok ? parseJson(await response.clone().text()) : undefined
      return response
    },
  })
  try {
    await client.models.list({ signal, ...(apiKey === undefined && { headers: { Authorization: null } }) })
  } catch (error) {
    throw error instanceof APIError && error.status !== undefined ? toCallError(error) : error
  }
  return list.parse(body).data ?? []
}

export function toOffered(models: readonly Listed[]): OfferedModel[] {
  return models.filter(({ id }) => canChat(id)).map(({ id }) => ({ id }))
}

function toCallError(error: { status: number; error: unknown }): APICallError {
  return new APICallError({
    message: `Status ${error.status}`,
    url: '',
    requestBodyValues: {},
    statusCode: error.status,
    responseBody: JSON.stringify(error.error ?? {}),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The schema says that it is no list.
    return undefined
  }
}
