import * as z from 'zod'
import type { OfferedModel } from '#lib/protocol/index.ts'
import { canChat } from './can-chat.ts'
import { below, getJson } from './list-fetch.ts'
import type { Listed } from './openai-list.ts'
import type { Fetch } from './plan.ts'

/** `families` and `capabilities` say what a name does not: which of them only embed. */
const tags = z.object({
  models: z.array(
    z.object({
      name: z.string(),
      details: z.object({ family: z.string().nullish(), parameter_size: z.string().nullish() }).nullish(),
      capabilities: z.array(z.string()).nullish(),
    }),
  ),
})

/** Ollama is known by its port or name, or by what it says of its models. */
export function isOllama(baseURL: string, models: readonly Listed[] = []): boolean {
  const { port, hostname } = new URL(baseURL)
  return port === '11434' || /ollama/i.test(hostname) || (models.length > 0 && models.every(({ owned_by }) => owned_by === 'library'))
}

/** What an Ollama has, by its own API, which says more than the one that it shares with others. */
export async function listOllama(baseURL: string, fetch: Fetch, signal: AbortSignal): Promise<OfferedModel[]> {
  const { models } = tags.parse(await getJson(below(new URL(baseURL).origin, 'api/tags'), {}, fetch, signal))
  return models.filter(answers).map(({ name, details }) => {
    const size = details?.parameter_size
    return { id: name, ...(size && { name: `${name.replace(/:latest$/, '')} (${size})` }) }
  })
}

function answers({ name, details, capabilities }: z.infer<typeof tags>['models'][number]): boolean {
  if (capabilities) return capabilities.includes('completion')
  return canChat(name) && !/bert/i.test(details?.family ?? '')
}
