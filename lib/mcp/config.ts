import * as z from 'zod'
import { AppError } from '#lib/protocol/index.ts'

const policy = z.enum(['always-allow', 'ask', 'deny'])
const text = z.string().min(1)

/** What every server may have beside the way to reach it. */
const common = {
  /** The server's tools that are offered. Default: all. */
  tools: z.array(text).optional(),
  /** By a tool's name, or `*` for the rest. */
  approval: z.record(z.string(), policy).optional(),
  /** How long a call may be silent. */
  timeoutMs: z.number().int().min(1_000).max(600_000).optional(),
  disabled: z.boolean().optional(),
}

const stdioServer = z.strictObject({
  type: z.literal('stdio').optional(),
  command: text,
  args: z.array(z.string()).optional(),
  env: z.record(z.string(), z.string()).optional(),
  cwd: text.optional(),
  ...common,
})

const remoteServer = z.strictObject({
  type: z.enum(['http', 'streamable-http', 'sse']).optional(),
  url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }),
  headers: z.record(z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, 'is no name of a header'), z.string().regex(/^[^\r\n\0]*$/)).optional(),
  ...common,
})

export type StdioServerConfig = z.infer<typeof stdioServer>
export type RemoteServerConfig = z.infer<typeof remoteServer>
/** One server, in the shape that other MCP clients use: a program to start, or an address. */
export type McpServerConfig = StdioServerConfig | RemoteServerConfig

const LONGEST_NAME = 64

interface ParseOptions {
  /** What the errors call it. */
  source?: string
  /** Where `${NAME}` is looked up. Without it nothing is replaced. */
  env?: Record<string, string | undefined>
}

/** By a server's configuration: what the environment gave to it. */
const lookedUp = new WeakMap<object, readonly string[]>()

/** The values that stand in a configuration for `${NAME}`: no text may show them. */
export function lookedUpIn(config: McpServerConfig): readonly string[] {
  return lookedUp.get(config) ?? []
}

/**
 * Checks servers that are given as data. With `env`, `${NAME}` in `env`, `headers`, `url` and `args` is taken from it. Throws
 * `config-invalid` that names the server and the field.
 */
export function parseMcpServers(
  servers: Record<string, unknown>,
  { source = 'mcpServers', env }: ParseOptions = {},
): Record<string, McpServerConfig> {
  return Object.fromEntries(
    Object.entries(servers).map(([name, given]) => {
      const path = source === 'mcpServers' ? [name] : ['mcpServers', name]
      if (name === '' || name.length > LONGEST_NAME)
        throw new AppError(
          'config-invalid',
          `${source} is not valid.\n${path.join('.')}: a server's name has 1 to ${LONGEST_NAME} characters`,
        )
      // Of one that was checked before, too.
      const values = typeof given === 'object' && given !== null ? [...(lookedUp.get(given) ?? [])] : []
      const replace = (field: string, variable: string) => {
        const value = lookUp(env ?? {}, variable, [source, ...path, field])
        values.push(value)
        return value
      }
      const server = env ? withVariables(given, replace) : given
      const parsed = schemaFor(server).safeParse(server)
      if (!parsed.success) throw invalidConfig(source, parsed.error.issues, path)
      lookedUp.set(parsed.data, values)
      return [name, parsed.data]
    }),
  )
}

function schemaFor(server: unknown): z.ZodType<McpServerConfig> {
  if (typeof server !== 'object' || server === null || Array.isArray(server)) return z.never('must be an object')
  if ('url' in server && 'command' in server) return z.never('has both "command" and "url": keep one')
  if ('url' in server) return remoteServer
  if ('command' in server) return stdioServer
  return z.never('needs "command" (a program to start) or "url" (an address)')
}

/** What is wrong with a configuration, field by field. */
export function invalidConfig(source: string, issues: z.core.$ZodIssue[], path: string[] = []): AppError {
  const lines = issues.map((issue) => `${[...path, ...issue.path].join('.') || 'the file'}: ${issue.message}`)
  return new AppError('config-invalid', `${source} is not valid.\n${lines.join('\n')}`)
}

const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g

function withVariables(server: unknown, replace: (field: string, variable: string) => string): unknown {
  if (typeof server !== 'object' || server === null) return server
  const replaced: Record<string, unknown> = { ...server }
  for (const field of ['env', 'headers', 'url', 'args']) {
    if (field in replaced) replaced[field] = inStrings(replaced[field], (variable) => replace(field, variable))
  }
  return replaced
}

function inStrings(value: unknown, replace: (variable: string) => string): unknown {
  if (typeof value === 'string') return value.replace(VARIABLE, (_, variable: string) => replace(variable))
  if (Array.isArray(value)) return value.map((item) => inStrings(item, replace))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, inStrings(item, replace)]))
}

function lookUp(env: Record<string, string | undefined>, variable: string, [source, ...path]: string[]): string {
  const value = env[variable]
  if (value !== undefined) return value
  throw new AppError('config-invalid', `${source} is not valid.\n${path.join('.')}: the environment variable ${variable} is not set`)
}
