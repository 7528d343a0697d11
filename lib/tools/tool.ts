import { type core, fromJSONSchema, safeParse, toJSONSchema, type ZodType } from 'zod'
import { AppError, type JsonValue } from '#lib/protocol/index.ts'

export interface ToolContext {
  /** Aborted by Stop, by the tool's deadline, and when the run is handed over. */
  signal: AbortSignal
  sessionId: string
  callId: string
}

/** What the agent may call. `execute` may throw: the model is told, the run goes on. */
export interface Tool {
  name: string
  description: string
  /** JSON Schema of the arguments, as the model sees it. */
  inputSchema: Record<string, unknown>
  /** Checks and converts the arguments; throws an `Error` whose message tells the model what to mend. */
  parse(input: JsonValue): unknown
  /** True when running it twice does no harm: only then is it repeated after a crash. Default false. */
  repeatable?: boolean
  /** Default 30,000 ms. */
  timeoutMs?: number
  execute(input: unknown, context: ToolContext): unknown
}

type Options = Pick<Tool, 'name' | 'description' | 'repeatable' | 'timeoutMs'>

/** A tool whose arguments a zod schema (zod or zod/mini) describes: `execute` receives what it parsed. */
export interface SchemaTool<Schema extends core.$ZodType> extends Options {
  inputSchema: Schema
  execute(input: core.output<Schema>, context: ToolContext): unknown
}

/** A tool whose arguments a JSON Schema describes. */
export interface JsonSchemaTool extends Options {
  inputSchema: Record<string, unknown>
  execute(input: unknown, context: ToolContext): unknown
}

/** What `tool` takes. */
export type ToolDefinition = SchemaTool<core.$ZodType> | JsonSchemaTool

/** The names that every provider takes. */
const NAME = /^[a-zA-Z0-9_-]{1,64}$/

/**
 * Makes a tool from its name, description, schema and function. Throws `config-invalid` when the name, or a schema that is no
 * JSON Schema of an object, would be refused by providers.
 */
export function tool<Schema extends core.$ZodType>(definition: SchemaTool<Schema>): Tool
export function tool(definition: ToolDefinition): Tool
export function tool(definition: ToolDefinition): Tool {
  const { name, description, inputSchema, execute, ...options } = definition
  if (!NAME.test(name)) {
    throw new AppError('config-invalid', `The tool name "${name}" is not valid: use 1 to 64 letters, digits, "_" and "-".`, {
      field: 'name',
    })
  }
  const { schema, json } = readSchema(name, inputSchema)
  return {
    ...options,
    name,
    description,
    inputSchema: json,
    parse: (input) => parse(schema, input),
    execute: (input, context) => execute(input, context),
  }
}

function readSchema(
  name: string,
  given: core.$ZodType | Record<string, unknown>,
): { schema: core.$ZodType; json: Record<string, unknown> } {
  try {
    const schema: core.$ZodType = isZod(given) ? given : (fromJSONSchema(given) as ZodType)
    const { $schema: _, ...json } = isZod(given) ? toJSONSchema(given, { io: 'input' }) : given
    if (json.type !== 'object') throw new TypeError('the arguments must be an object')
    return { schema, json }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('config-invalid', `The input schema of the tool "${name}" cannot be used: ${reason}.`, {
      cause,
      field: 'inputSchema',
    })
  }
}

function isZod(schema: core.$ZodType | Record<string, unknown>): schema is core.$ZodType {
  return '_zod' in schema
}

function parse(schema: core.$ZodType, input: JsonValue): unknown {
  const parsed = safeParse(schema, input)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(describe).join('; '))
}

function describe(issue: core.$ZodIssue): string {
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
