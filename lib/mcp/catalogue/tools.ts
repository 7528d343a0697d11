import { fromJSONSchema, safeParse, type ZodType, z } from 'zod'
import type { JsonValue } from '#lib/protocol/index.ts'
import type { Tool, ToolPolicy } from '#lib/tools/index.ts'
import { LONGEST_CALL_MS, type ToolServer } from '../call.ts'
import { callResult, toResult } from '../result.ts'
import { runAsTask } from '../task.ts'
import type { Catalogue, ListedTool } from './catalogue.ts'
import { extraTools } from './extra-tools.ts'
import { toolNameOf } from './names.ts'

/** The server's own deadlines come first, and stand still while a person is asked. */
const BEYOND_MS = 5_000

/** The tools that the configuration lets the model have of a server: its own, then those that make its resources and prompts usable. */
export function toolsOf(server: ToolServer, catalogue: Catalogue): Tool[] {
  const { tools: allowed, approval = {} } = server.config
  const own = catalogue.tools.map((listed) => ({ name: listed.name, tool: ownTool(server, listed, approval) }))
  const names = new Set(own.map(({ name }) => name))
  const extra = extraTools(server, catalogue)
    .filter(({ name }) => !names.has(name))
    .map(({ name, tool }) => ({ name, tool: { ...tool, policy: approval[name] ?? approval['*'] ?? 'always-allow' } }))
  const all = [...own, ...extra]
  const unknown = Object.keys(approval).filter((name) => name !== '*' && !all.some((one) => one.name === name))
  if (unknown.length > 0)
    catalogue.notes.push(
      `It has no tool ${unknown.map((name) => `"${name}"`).join(', ')}, of which the configuration says when it may run.`,
    )
  if (!allowed) return all.map(({ tool }) => tool)
  const missing = allowed.filter((name) => !all.some((one) => one.name === name))
  if (missing.length > 0)
    catalogue.notes.push(`It has no tool ${missing.map((name) => `"${name}"`).join(', ')}, which the configuration allows.`)
  return all.filter(({ name }) => allowed.includes(name)).map(({ tool }) => tool)
}

function ownTool(server: ToolServer, listed: ListedTool, approval: Record<string, ToolPolicy>): Tool {
  const { name, description, inputSchema, isReadOnly, isRepeatable, isTask } = listed
  return {
    name: toolNameOf(server.name, name),
    description,
    inputSchema,
    parse: argumentCheck(inputSchema),
    policy: approval[name] ?? approval['*'] ?? (isReadOnly ? 'always-allow' : 'ask'),
    repeatable: isRepeatable,
    timeoutMs: LONGEST_CALL_MS + BEYOND_MS,
    async execute(input, context) {
      const params = { name, arguments: input as Record<string, unknown> }
      const result: unknown = await server.call<unknown>(context, (client, options, heard) =>
        isTask
          ? runAsTask(client, params, options, heard)
          : client.callTool(params, { ...options, toolDefinition: { name, inputSchema: { ...inputSchema, type: 'object' } } }),
      )
      return toResult(callResult.parse(result), context)
    },
  }
}

/**
 * Checks arguments, and passes them on as they are: defaults are the server's business. A schema that cannot be made into a check
 * lets any object pass, for the server to check.
 */
export function argumentCheck(inputSchema: Record<string, unknown>): Tool['parse'] {
  let schema: ZodType | undefined
  // Few of a server's tools are ever called.
  const getSchema = () => {
    schema ??= schemaOf(inputSchema)
    return schema
  }
  return (input: JsonValue) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) throw new Error('The arguments must be an object.')
    const checked = safeParse(getSchema(), input)
    if (checked.success) return input
    throw new Error(
      checked.error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; '),
    )
  }
}

function schemaOf(inputSchema: Record<string, unknown>): ZodType {
  try {
    return fromJSONSchema(withoutPatterns(inputSchema) as Parameters<typeof fromJSONSchema>[0]) as ZodType
  } catch {
    // The server checks.
    return z.unknown()
  }
}

/** A server's regular expressions are not run here: one that is slow on purpose would stop the process. */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(key === 'pattern' && typeof value === 'string') && key !== 'patternProperties')
      .map(([key, value]) => [key, withoutPatterns(value)]),
  )
}
