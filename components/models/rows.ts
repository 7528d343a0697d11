import type { ModelsResponse, OfferedModel } from '#lib/protocol/index.ts'

/** One choice; null is the server's own. */
export interface ModelRow {
  value: string | null
  text: string
}

export interface ModelSection {
  /** Undefined for what stands before all providers. */
  title?: string
  rows: ModelRow[]
  /** How many more there are than are drawn. */
  hidden: number
}

/** More rows are looked through by nobody, and drawn slowly. */
const MOST_ROWS = 200

const NAMES: Record<string, string> = {
  openai: 'OpenAI',
  'openai-compatible': 'Model server',
  anthropic: 'Anthropic',
  google: 'Google',
  demo: 'Demo',
}

export function providerName(provider: string): string {
  return NAMES[provider] ?? provider
}

/** How many models there are to choose from. */
export function countModels({ providers }: ModelsResponse): number {
  return providers.reduce((sum, { models }) => sum + models.length, 0)
}

/** What is drawn: the server's choice, what was chosen and is not listed, then each provider's models that match the words. */
export function sectionsOf(list: ModelsResponse, filter: string, chosen: string | null): ModelSection[] {
  const words = filter.toLowerCase().split(/\s+/)
  const matches = (text: string) => words.every((word) => text.toLowerCase().includes(word))
  const modelName = list.default.slice(list.default.indexOf('/') + 1)
  const isListed = chosen === null || list.providers.some(({ provider, models }) => models.some(({ id }) => `${provider}/${id}` === chosen))
  const first: ModelRow[] = [
    { value: null, text: `Default (${modelName})` },
    ...(isListed ? [] : [{ value: chosen, text: chosen.slice(chosen.indexOf('/') + 1) }]),
  ]
  let room = MOST_ROWS
  const sections = list.providers.map(({ provider, models }) => {
    const title = providerName(provider)
    const matching = models.filter(({ id, name }) => matches(`${title} ${id} ${name ?? ''}`))
    const drawn = matching.slice(0, room)
    room -= drawn.length
    return { title, rows: drawn.map((model) => rowOf(provider, model)), hidden: matching.length - drawn.length }
  })
  return [{ rows: first.filter(({ text }) => matches(text)), hidden: 0 }, ...sections].filter(
    ({ rows, hidden }) => rows.length + hidden > 0,
  )
}

function rowOf(provider: string, { id, name }: OfferedModel): ModelRow {
  return { value: `${provider}/${id}`, text: name ?? id }
}
