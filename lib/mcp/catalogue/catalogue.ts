import type { Client, RequestOptions } from '@modelcontextprotocol/client'
import * as z from 'zod'
import { cleanText } from '#lib/protocol/index.ts'
import { objectSchema } from './input-schema.ts'

export const MOST_TOOLS = 128
const MOST_LISTED = 100
const MOST_PAGES = 20
const LONGEST_DESCRIPTION = 8_000

/** A tool as the server describes it, within limits. */
export interface ListedTool {
  name: string
  description: string
  inputSchema: Record<string, unknown>
  isReadOnly: boolean
  isRepeatable: boolean
  /** It runs as a task only: begun by one request, its result fetched by another. */
  isTask: boolean
}

export interface ListedResource {
  uri: string
  name: string
  description?: string
}

export interface ListedPrompt {
  name: string
  description?: string
  arguments: { name: string; required: boolean }[]
}

/** What a server offers. `notes`: what was left out, and why. */
export interface Catalogue {
  tools: ListedTool[]
  resources: ListedResource[]
  prompts: ListedPrompt[]
  hasResources: boolean
  hasPrompts: boolean
  notes: string[]
}

/** Loose: one entry that is wrong must not lose the others. */
const page = z.looseObject({ nextCursor: z.string().max(10_000).optional() })
const text = z.string()
const tool = z.looseObject({
  name: text.min(1).max(1_000),
  title: text.optional(),
  description: text.optional(),
  inputSchema: z.unknown(),
  annotations: z.looseObject({ readOnlyHint: z.boolean().optional(), idempotentHint: z.boolean().optional() }).optional().catch(undefined),
  execution: z.looseObject({ taskSupport: text.optional() }).optional().catch(undefined),
})
const resource = z.looseObject({ uri: text.min(1).max(2_000), name: text.max(1_000), description: text.optional() })
const prompt = z.looseObject({
  name: text.min(1).max(1_000),
  description: text.optional(),
  arguments: z.array(z.looseObject({ name: text.max(1_000), required: z.boolean().default(false) })).default([]),
})

/** Reads all that the server offers. Throws what the SDK throws when it does not answer. */
export async function readCatalogue(client: Client, options: RequestOptions): Promise<Catalogue> {
  const can = client.getServerCapabilities() ?? {}
  const notes: string[] = []
  const list = async (kind: 'tools' | 'resources' | 'prompts', most: number) => {
    if (!can[kind]) return []
    const { items, hasMore } = await readPages(client, kind, most, options)
    if (hasMore) notes.push(`It has more than ${most} ${kind}: the rest is left out.`)
    return items
  }
  const tools = listedTools(await list('tools', MOST_TOOLS), notes)
  const resources = parsed(await list('resources', MOST_LISTED), resource)
  const prompts = parsed(await list('prompts', MOST_LISTED), prompt)
  return {
    tools,
    resources: resources.map(({ uri, name, description }) => ({ uri, name: cleanText(name), ...shortened(description) })),
    prompts: prompts.map((one) => ({
      name: one.name,
      arguments: one.arguments.map(({ name, required }) => ({ name, required })),
      ...shortened(one.description),
    })),
    hasResources: can.resources !== undefined,
    hasPrompts: can.prompts !== undefined,
    notes,
  }
}

async function readPages(
  client: Client,
  kind: 'tools' | 'resources' | 'prompts',
  most: number,
  options: RequestOptions,
): Promise<{ items: unknown[]; hasMore: boolean }> {
  const items: unknown[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const result = await client.request({ method: `${kind}/list`, params: cursor === undefined ? {} : { cursor } }, page, options)
    const listed = result[kind]
    if (Array.isArray(listed)) items.push(...listed.slice(0, most + 1))
    cursor = result.nextCursor
    if (items.length > most || cursor === undefined) break
  }
  return { items: items.slice(0, most), hasMore: items.length > most || cursor !== undefined }
}

function parsed<T>(items: unknown[], schema: z.ZodType<T>): T[] {
  return items.flatMap((item) => {
    const one = schema.safeParse(item)
    return one.success ? [one.data] : []
  })
}

function listedTools(items: unknown[], notes: string[]): ListedTool[] {
  const found = new Map<string, ListedTool>()
  const given = parsed(items, tool)
  if (given.length < items.length)
    notes.push(`${items.length - given.length} of its tools are not described as a tool must be, and left out.`)
  for (const one of given) {
    if (found.has(one.name)) notes.push(`It has two tools named "${one.name.slice(0, 100)}": the first is taken.`)
    else found.set(one.name, listedTool(one, notes))
  }
  return [...found.values()]
}

function listedTool({ name, title, description, inputSchema, annotations, execution }: z.infer<typeof tool>, notes: string[]): ListedTool {
  const shown = name.slice(0, 100)
  const full = cleanText(description ?? title ?? name)
  if (full.length > LONGEST_DESCRIPTION) notes.push(`The description of "${shown}" is cut at ${LONGEST_DESCRIPTION} characters.`)
  const isReadOnly = annotations?.readOnlyHint === true
  return {
    name,
    description: full.slice(0, LONGEST_DESCRIPTION).toWellFormed(),
    inputSchema: objectSchema(inputSchema, (why) => notes.push(`The schema of "${shown}" ${why}: any arguments are passed on.`)),
    isReadOnly,
    isRepeatable: isReadOnly || annotations?.idempotentHint === true,
    isTask: execution?.taskSupport === 'required',
  }
}

const LONGEST_SUMMARY = 300

function shortened(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description: cleanText(description).slice(0, LONGEST_SUMMARY).toWellFormed() }
}
