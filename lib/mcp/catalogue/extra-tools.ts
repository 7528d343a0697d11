import * as z from 'zod'
import type { JsonValue } from '#lib/protocol/index.ts'
import { type Tool, tool } from '#lib/tools/index.ts'
import { LONGEST_CALL_MS, type ToolServer } from '../call.ts'
import { promptResult, readResult, toPrompt, toResource } from '../result.ts'
import type { Catalogue, ListedPrompt, ListedResource } from './catalogue.ts'
import { toolNameOf } from './names.ts'

const MOST_SHOWN = 20
const LONGEST_LINE = 200

/** A tool with the name that the configuration knows it by. */
interface NamedTool {
  name: string
  tool: Tool
}

/** Tools that let the model use what else a server has: its resources and its prompts. They read only. */
export function extraTools(server: ToolServer, { hasResources, hasPrompts, resources, prompts }: Catalogue): NamedTool[] {
  return [
    ...(hasResources ? [readResource(server, resources), listResources(server)] : []),
    ...(hasPrompts && prompts.length > 0 ? [getPrompt(server, prompts)] : []),
    ...(hasPrompts && prompts.length > MOST_SHOWN ? [listPrompts(server)] : []),
  ]
}

function named(server: ToolServer, name: string, make: (fullName: string) => Tool): NamedTool {
  return { name, tool: { ...make(toolNameOf(server.name, name)), repeatable: true, timeoutMs: LONGEST_CALL_MS } }
}

function readResource(server: ToolServer, resources: ListedResource[]): NamedTool {
  const shown = resources.slice(0, MOST_SHOWN).map(({ uri, name }) => `- ${uri} (${name})`)
  return named(server, 'read_resource', (name) =>
    tool({
      name,
      description: [`Reads a resource of the MCP server ${server.name}.`, ...listed('Resources', shown, resources.length)].join('\n'),
      inputSchema: z.object({ uri: z.string().min(1).describe('The address of the resource, as listed.') }),
      async execute({ uri }, context) {
        const result = await server.call(context, (client, options) => client.readResource({ uri }, options))
        return toResource(readResult.parse(result), context)
      },
    }),
  )
}

function listResources(server: ToolServer): NamedTool {
  return named(server, 'list_resources', (name) =>
    tool({
      name,
      description: `Lists the resources of the MCP server ${server.name}, page by page, and the templates of addresses that it knows.`,
      inputSchema: z.object({ cursor: z.string().optional().describe('The nextCursor of the page before.') }),
      execute: ({ cursor }, context) =>
        server.call(context, async (client, options) => {
          const page = await client.request({ method: 'resources/list', params: cursor === undefined ? {} : { cursor } }, anything, options)
          if (cursor !== undefined) return page
          // Not every server knows templates.
          const templates = await client.request({ method: 'resources/templates/list', params: {} }, anything, options).catch(() => ({}))
          return { ...page, ...templates }
        }),
    }),
  )
}

function getPrompt(server: ToolServer, prompts: ListedPrompt[]): NamedTool {
  const shown = prompts.slice(0, MOST_SHOWN).map(({ name, description, arguments: given }) => {
    const list = given.map((one) => (one.required ? one.name : `${one.name}?`)).join(', ')
    return `- ${name}(${list})${description === undefined ? '' : `: ${description}`}`
  })
  return named(server, 'get_prompt', (name) =>
    tool({
      name,
      description: [`Gets a prompt of the MCP server ${server.name}, filled in.`, ...listed('Prompts', shown, prompts.length)].join('\n'),
      inputSchema: z.object({ name: z.string().min(1), arguments: z.record(z.string(), z.string()).optional() }),
      async execute(params, context) {
        const { name: prompt, arguments: given } = params
        const request = { name: prompt, ...(given && { arguments: given }) }
        const result = await server.call(context, (client, options) => client.getPrompt(request, options))
        return toPrompt(promptResult.parse(result), context)
      },
    }),
  )
}

function listPrompts(server: ToolServer): NamedTool {
  return named(server, 'list_prompts', (name) =>
    tool({
      name,
      description: `Lists the prompts of the MCP server ${server.name}, page by page.`,
      inputSchema: z.object({ cursor: z.string().optional().describe('The nextCursor of the page before.') }),
      execute: ({ cursor }, context) =>
        server.call(context, (client, options) =>
          client.request({ method: 'prompts/list', params: cursor === undefined ? {} : { cursor } }, anything, options),
        ),
    }),
  )
}

const anything = z.record(z.string(), z.unknown() as z.ZodType<JsonValue>)

function listed(title: string, lines: string[], count: number): string[] {
  if (lines.length === 0) return []
  const more = count > lines.length ? [`and ${count - lines.length} more`] : []
  return [`${title}:`, ...lines.map((line) => line.replaceAll('\n', ' ').slice(0, LONGEST_LINE).toWellFormed()), ...more]
}
