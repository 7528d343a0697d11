import * as z from 'zod/mini'

const text = z.object({ type: z.literal('text'), text: z.string() })
const media = z.object({
  type: z.enum(['image', 'audio']),
  url: z.string(),
  mediaType: z.optional(z.string()),
})
const resource = z.object({
  type: z.enum(['resource', 'resource_link']),
  uri: z.optional(z.string()),
  url: z.optional(z.string()),
  name: z.optional(z.string()),
  text: z.optional(z.string()),
  mediaType: z.optional(z.string()),
})

/** One piece of a result; `other` is shown as the JSON that it is. */
export type McpItem =
  | z.infer<typeof text>
  | z.infer<typeof media>
  | (z.infer<typeof resource> & { address: string })
  | { type: 'other'; value: unknown }

export interface McpResult {
  content: McpItem[]
  structuredContent?: unknown
}

const result = z.object({ content: z.array(z.unknown()), structuredContent: z.optional(z.unknown()) })

/** What an MCP server's tool gave back; null for what has not its shape. */
export function readMcpResult(value: unknown): McpResult | null {
  const read = result.safeParse(value)
  if (!read.success) return null
  const content = read.data.content.map(readItem)
  // What is data of another tool happens to have a `content`: it is none when no piece of it has a type.
  if (content.length > 0 && content.every(({ type }) => type === 'other')) return null
  return { content, ...(read.data.structuredContent !== undefined && { structuredContent: read.data.structuredContent }) }
}

function readItem(value: unknown): McpItem {
  const known = z.union([text, media]).safeParse(value)
  if (known.success) return known.data
  const nested = typeof value === 'object' && value !== null && 'resource' in value && typeof value.resource === 'object'
  const found = resource.safeParse(nested ? { ...(value.resource as object), type: 'resource' } : value)
  const address = found.data?.url ?? found.data?.uri
  return found.success && address !== undefined ? { ...found.data, address } : { type: 'other', value }
}

/** Where a file of this app is, or null: nothing else is ever loaded. */
export function ownAddress(url: string, origin: string): string | null {
  if (!URL.canParse(url, origin)) return null
  const parsed = new URL(url, origin)
  return parsed.origin === origin && /^https?:$/.test(parsed.protocol) ? parsed.pathname + parsed.search : null
}
