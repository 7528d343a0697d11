import * as z from 'zod/mini'

const text = z.object({ type: z.literal('text'), text: z.string() })
const media = z.object({
  type: z.enum(['image', 'audio', 'file']),
  url: z.string(),
  mediaType: z.optional(z.string()),
  uri: z.optional(z.string()),
})
const resource = z.object({ uri: z.string(), name: z.optional(z.string()), text: z.optional(z.string()) })

/** One piece of a result; `other` is shown as the JSON that it is. */
export type McpItem =
  | z.infer<typeof text>
  | z.infer<typeof media>
  | (z.infer<typeof resource> & { type: 'resource' })
  | { type: 'other'; value: unknown }

export interface McpResult {
  content: McpItem[]
  structuredContent?: unknown
}

const result = z.object({ content: z.array(z.unknown()), structuredContent: z.optional(z.unknown()) })
const resources = z.object({ contents: z.array(z.unknown()) })

/** What an MCP server's tool gave back, or a resource that was read; null for what has not their shape. */
export function readMcpResult(value: unknown): McpResult | null {
  const contents = resources.safeParse(value)
  const read = result.safeParse(contents.success ? { content: contents.data.contents } : value)
  if (!read.success) return null
  const content = read.data.content.map(readItem)
  // What is data of another tool happens to have a `content`: it is none when no piece of it has a type.
  if (content.length > 0 && content.every(({ type }) => type === 'other')) return null
  return { content, ...(read.data.structuredContent !== undefined && { structuredContent: read.data.structuredContent }) }
}

function readItem(value: unknown): McpItem {
  const isNested = typeof value === 'object' && value !== null && 'resource' in value
  const item = isNested ? value.resource : value
  const known = z.union([text, media]).safeParse(item)
  if (known.success) return known.data
  const found = resource.safeParse(item)
  return found.success ? { ...found.data, type: 'resource' } : { type: 'other', value }
}

/** What a tool names is loaded with the reader's rights: of this app's addresses, only those of files. */
const FILE = /^\/api\/files\/[\w-]+$/

/** Where a file of this app is, or null: nothing else is ever loaded. */
export function ownAddress(url: string, origin: string): string | null {
  if (!URL.canParse(url, origin)) return null
  const parsed = new URL(url, origin)
  const isFile = parsed.origin === origin && /^https?:$/.test(parsed.protocol) && FILE.test(parsed.pathname)
  return isFile ? parsed.pathname + parsed.search : null
}

/** How a file is shown: what says of itself that it is an image or a sound is one. */
export function kindOf({ type, mediaType = '' }: Pick<z.infer<typeof media>, 'type' | 'mediaType'>): 'image' | 'audio' | 'file' {
  if (type !== 'file') return type
  if (mediaType.startsWith('image/')) return 'image'
  return mediaType.startsWith('audio/') ? 'audio' : 'file'
}
