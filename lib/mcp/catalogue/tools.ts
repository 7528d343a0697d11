import { objectCheck, type Tool, type ToolPolicy } from '#lib/tools/index.ts'
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
    .map(({ name, tool }) => ({ name, tool: { ...tool, policy: configured(approval, name) ?? 'always-allow' } }))
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

/** Servers choose their tools' names: one that every object has is not configured by that. */
function configured(approval: Record<string, ToolPolicy>, name: string): ToolPolicy | undefined {
  return Object.hasOwn(approval, name) ? approval[name] : approval['*']
}

function ownTool(server: ToolServer, listed: ListedTool, approval: Record<string, ToolPolicy>): Tool {
  const { name, description, inputSchema, isReadOnly, isRepeatable, isTask } = listed
  return {
    name: toolNameOf(server.name, name),
    description,
    inputSchema,
    parse: objectCheck(inputSchema),
    policy: configured(approval, name) ?? (isReadOnly ? 'always-allow' : 'ask'),
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
