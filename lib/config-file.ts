import 'server-only'
import { readFileSync } from 'node:fs'
import * as z from 'zod'
import type { Price, ToolPolicies } from '#lib/agent/index.ts'
import { invalidConfig, type McpServerConfig, parseMcpServers } from '#lib/mcp/config.ts'
import { AppError } from '#lib/protocol/index.ts'

/** Where it is when `RILL_CONFIG` does not say. */
const DEFAULT_PATH = 'rill.config.json'

const amount = z.number().min(0)

const file = z.strictObject({
  mcpServers: z.record(z.string(), z.unknown()).default({}),
  /** By a tool's name, or `*` for those that say nothing of themselves. */
  approval: z.record(z.string(), z.enum(['always-allow', 'ask', 'deny'])).default({}),
  /** By "provider/model": what a million tokens cost. */
  prices: z.record(z.string(), z.strictObject({ input: amount, output: amount, cachedInput: amount.optional() })).default({}),
})

export interface ConfigFile {
  mcpServers: Record<string, McpServerConfig>
  policies: ToolPolicies
  prices: Record<string, Price>
}

/**
 * What does not fit into a variable: the file that `RILL_CONFIG` names, else `rill.config.json` in the working folder, which may be
 * missing. Throws `config-invalid` that names the field.
 */
export function readConfigFile(env: Record<string, string | undefined>): ConfigFile {
  const path = env.RILL_CONFIG ?? DEFAULT_PATH
  const content = readContent(path, env.RILL_CONFIG !== undefined)
  const parsed = file.safeParse(content)
  if (!parsed.success) throw invalidConfig(path, parsed.error.issues)
  const { mcpServers, approval, prices } = parsed.data
  return {
    mcpServers: parseMcpServers(mcpServers, { source: path, env }),
    policies: approval,
    prices: Object.fromEntries(
      Object.entries(prices).map(([model, { input, output, cachedInput }]) => [
        model,
        { input, output, ...(cachedInput !== undefined && { cachedInput }) },
      ]),
    ),
  }
}

function readContent(path: string, isNamed: boolean): unknown {
  let content: string
  try {
    content = readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (!isNamed && code === 'ENOENT') return {}
    throw new AppError('config-invalid', `${isNamed ? 'RILL_CONFIG: ' : ''}${path} cannot be read (${code}).`, { cause })
  }
  try {
    return JSON.parse(content)
  } catch (cause) {
    // The parser's message quotes the file, which may hold secrets.
    throw new AppError('config-invalid', `${path} is not valid JSON.`, { cause })
  }
}
