import * as z from 'zod'
import { AppError, cleanJson, type JsonValue } from '#lib/protocol/index.ts'
import type { ToolContext } from '#lib/tools/index.ts'

const MOST_FILES = 20
const MEDIA_TYPE = /^[\w.+-]{1,100}\/[\w.+-]{1,100}$/

/** Loose: what a newer server adds is passed on. */
export const callResult = z.looseObject({
  content: z.array(z.looseObject({ type: z.string() })).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().optional(),
})
export const readResult = z.looseObject({ contents: z.array(z.looseObject({ uri: z.string() })) })
export const promptResult = z.looseObject({
  description: z.string().optional(),
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
})

type Block = { [key: string]: unknown }

/**
 * What the model gets of a call: one text, or `{content, structuredContent?}` in which files are addresses of the app. Throws an
 * `Error` with the server's words when the call failed.
 */
export async function toResult(result: z.infer<typeof callResult>, context: Pick<ToolContext, 'saveFile'>): Promise<JsonValue> {
  const { content, structuredContent, isError } = result
  const texts = content.filter((block) => block.type === 'text').map((block) => String(block.text ?? ''))
  if (isError) throw new Error(texts.join('\n') || 'The tool failed and did not say why.')
  if (structuredContent === undefined && texts.length === content.length) return texts.join('\n')
  const files = new Files(context)
  // Servers repeat the structure as text, for clients that do not know it.
  const isRepeated = (block: Block) => block.type === 'text' && isSameJson(block.text, structuredContent)
  const blocks: JsonValue[] = []
  for (const block of content) if (structuredContent === undefined || !isRepeated(block)) blocks.push(await files.ofBlock(block))
  return { content: blocks, ...(structuredContent !== undefined && { structuredContent: cleanJson(structuredContent) }) }
}

/** What the model gets of a resource that was read. */
export async function toResource(result: z.infer<typeof readResult>, context: Pick<ToolContext, 'saveFile'>): Promise<JsonValue> {
  const files = new Files(context)
  const contents: JsonValue[] = []
  for (const one of result.contents) contents.push(await files.ofResource(one))
  return { contents }
}

/** What the model gets of a prompt. */
export async function toPrompt(result: z.infer<typeof promptResult>, context: Pick<ToolContext, 'saveFile'>): Promise<JsonValue> {
  const files = new Files(context)
  const messages: JsonValue[] = []
  for (const { role, content } of result.messages) {
    const isBlock = typeof content === 'object' && content !== null && 'type' in content
    messages.push({ role, content: isBlock ? await files.ofBlock(content as Block) : cleanJson(content) })
  }
  return { ...(result.description !== undefined && { description: result.description }), messages }
}

/** Puts what is binary where the page finds it: no model can read base64, and no event should carry it. */
class Files {
  readonly #context: Pick<ToolContext, 'saveFile'>
  #count = 0

  constructor(context: Pick<ToolContext, 'saveFile'>) {
    this.#context = context
  }

  async ofBlock(block: Block): Promise<JsonValue> {
    const { type, data, mimeType, resource } = block
    if ((type === 'image' || type === 'audio') && typeof data === 'string') return this.#save(type, data, mimeType)
    if (type === 'resource' && typeof resource === 'object' && resource !== null)
      return { type, resource: await this.ofResource(resource as Block) }
    return cleanJson(block)
  }

  async ofResource({ blob, ...resource }: Block): Promise<JsonValue> {
    if (typeof blob !== 'string') return cleanJson(resource)
    const name = typeof resource.uri === 'string' ? resource.uri.split(/[/?#]/).findLast((part) => part !== '') : undefined
    return { uri: cleanJson(resource.uri), ...(await this.#save('file', blob, resource.mimeType, name)) }
  }

  async #save(type: string, base64: string, mimeType: unknown, name?: string): Promise<{ [key: string]: JsonValue }> {
    this.#count += 1
    if (this.#count > MOST_FILES) return { type, omitted: `The result has more than ${MOST_FILES} files.` }
    const mediaType = typeof mimeType === 'string' && MEDIA_TYPE.test(mimeType) ? mimeType : 'application/octet-stream'
    try {
      const { url } = await this.#context.saveFile({ data: Buffer.from(base64, 'base64'), mediaType, ...(name !== undefined && { name }) })
      return { type, mediaType, url }
    } catch (error) {
      // The call took effect: what it said beside the file must not be lost for it.
      if (error instanceof AppError && error.code === 'payload-too-large') return { type, mediaType, omitted: error.message }
      throw error
    }
  }
}

function isSameJson(text: unknown, value: unknown): boolean {
  try {
    return JSON.stringify(JSON.parse(String(text))) === JSON.stringify(value)
  } catch {
    // It is no JSON.
    return false
  }
}
