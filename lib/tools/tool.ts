import { type core, fromJSONSchema, safeParse, toJSONSchema, type ZodType } from 'zod'
import { AppError, type JsonValue } from '#lib/protocol/index.ts'

/** What readers see of a tool while it runs: text is added to what was shown, numbers take the place of those before. */
export type ProgressUpdate = string | { text?: string; done?: number; total?: number }

/** What a tool asks the user for. `schema` is a JSON Schema of a flat object. */
export interface ToolQuestion {
  message: string
  schema: JsonValue
  /** Aborted when it needs no answer any more: then it is taken from the page, and answered with no. */
  signal?: AbortSignal
}

/** `approved` false: the user said no, or nothing for 24 hours. */
export type ToolAnswer = { approved: true; content: JsonValue } | { approved: false; reason?: string }

export interface ToolFile {
  data: Uint8Array
  mediaType: string
  name?: string
}

export interface ToolContext {
  /** Aborted by Stop, by the tool's deadline, and when the run is handed over. */
  signal: AbortSignal
  sessionId: string
  callId: string
  /** Shows how far the tool is. Cheap: readers are told a few times a second. At most 64,000 characters of a call are shown. */
  progress(update: ProgressUpdate): void
  /** Asks the user, and waits for as long as it takes: the tool's deadline does not count meanwhile. */
  ask(question: ToolQuestion): Promise<ToolAnswer>
  /** Keeps a file with the session; resolves with where the page finds it. */
  saveFile(file: ToolFile): Promise<{ url: string }>
}

/** Whether calls of a tool are run at once, after a person said yes, or never. */
export type ToolPolicy = 'always-allow' | 'ask' | 'deny'

/** What the agent may call. `execute` may throw: the model is told, the run goes on. */
export interface Tool {
  name: string
  description: string
  /** JSON Schema of the arguments, as the model sees it. */
  inputSchema: Record<string, unknown>
  /** Checks and converts the arguments; throws an `Error` whose message tells the model what to mend. */
  parse(input: JsonValue): unknown
  /** Checks and converts the result; throws an `Error` that says what is wrong with it. Default: it is taken as it is. */
  parseOutput?(output: unknown): unknown
  /** Default `always-allow`. A function decides by the arguments; when it throws, the user is asked. */
  policy?: ToolPolicy | ((input: unknown) => ToolPolicy | Promise<ToolPolicy>)
  /** True when running it twice does no harm: only then is it repeated after a crash. Default false. */
  repeatable?: boolean
  /** Default 30,000 ms. */
  timeoutMs?: number
  execute(input: unknown, context: ToolContext): unknown
}

interface Options<Input> extends Pick<Tool, 'name' | 'description' | 'repeatable' | 'timeoutMs'> {
  /** Zod, or JSON Schema: what does not fit it is an error that the model is told. */
  outputSchema?: core.$ZodType | Record<string, unknown>
  /** True, or a function that says so for a call: it waits until the user allows it. */
  needsApproval?: boolean | ((input: Input) => boolean | Promise<boolean>)
}

/** A tool whose arguments a zod schema (zod or zod/mini) describes: `execute` receives what it parsed. */
export interface SchemaTool<Schema extends core.$ZodType> extends Options<core.output<Schema>> {
  inputSchema: Schema
  execute(input: core.output<Schema>, context: ToolContext): unknown
}

/** A tool whose arguments a JSON Schema describes. */
export interface JsonSchemaTool extends Options<unknown> {
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
  const { name, description, inputSchema, outputSchema, needsApproval, execute, repeatable, timeoutMs } = definition
  if (!NAME.test(name)) {
    throw new AppError('config-invalid', `The tool name "${name}" is not valid: use 1 to 64 letters, digits, "_" and "-".`, {
      field: 'name',
    })
  }
  const { schema, json } = readSchema(name, 'inputSchema', inputSchema)
  const output = outputSchema && readSchema(name, 'outputSchema', outputSchema).schema
  const ask = needsApproval as boolean | ((input: unknown) => boolean | Promise<boolean>) | undefined
  return {
    name,
    description,
    inputSchema: json,
    parse: (input) => parse(schema, input),
    ...(output && { parseOutput: (value: unknown) => parse(output, value) }),
    ...(ask !== undefined && { policy: policyOf(ask) }),
    ...(repeatable !== undefined && { repeatable }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    execute: (input, context) => execute(input, context),
  }
}

function policyOf(needsApproval: boolean | ((input: unknown) => boolean | Promise<boolean>)): NonNullable<Tool['policy']> {
  if (typeof needsApproval === 'boolean') return needsApproval ? 'ask' : 'always-allow'
  return async (input) => ((await needsApproval(input)) ? 'ask' : 'always-allow')
}

function readSchema(
  name: string,
  field: 'inputSchema' | 'outputSchema',
  given: core.$ZodType | Record<string, unknown>,
): { schema: core.$ZodType; json: Record<string, unknown> } {
  try {
    const schema: core.$ZodType = isZod(given) ? given : (fromJSONSchema(given) as ZodType)
    if (field === 'outputSchema') return { schema, json: {} }
    const { $schema: _, ...json } = isZod(given) ? toJSONSchema(given, { io: 'input' }) : given
    if (json.type !== 'object') throw new TypeError('the arguments must be an object')
    return { schema, json }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new AppError('config-invalid', `The ${field} of the tool "${name}" cannot be used: ${reason}.`, { cause, field })
  }
}

function isZod(schema: core.$ZodType | Record<string, unknown>): schema is core.$ZodType {
  return '_zod' in schema
}

function parse(schema: core.$ZodType, input: unknown): unknown {
  const parsed = safeParse(schema, input)
  if (parsed.success) return parsed.data
  throw new Error(parsed.error.issues.map(describe).join('; '))
}

function describe(issue: core.$ZodIssue): string {
  const path = issue.path.map(String).join('.')
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
