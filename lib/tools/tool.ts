import * as z from 'zod'
import type { JsonValue } from '#lib/protocol/index.ts'

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

export interface ToolDefinition<Input> {
  /** Letters, digits, `_` and `-`: what every provider takes. */
  name: string
  description: string
  /** A zod schema, or JSON Schema. */
  inputSchema: z.ZodType<Input> | Record<string, unknown>
  repeatable?: boolean
  timeoutMs?: number
  execute(input: Input, context: ToolContext): unknown
}

/** Makes a tool from its definition. Throws a `TypeError` for a name that providers refuse. */
export function tool<Input>({ inputSchema, execute, ...rest }: ToolDefinition<Input>): Tool {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(rest.name))
    throw new TypeError(`The tool name "${rest.name}" must be 1 to 64 letters, digits, "_" or "-".`)
  const schema = inputSchema instanceof z.ZodType ? inputSchema : z.fromJSONSchema(inputSchema)
  return {
    ...rest,
    inputSchema: inputSchema instanceof z.ZodType ? (z.toJSONSchema(inputSchema, { io: 'input' }) as Record<string, unknown>) : inputSchema,
    parse(input) {
      const parsed = schema.safeParse(input)
      if (!parsed.success) throw new Error(z.prettifyError(parsed.error))
      return parsed.data
    },
    execute: (input, context) => execute(input as Input, context),
  }
}
