import type { JsonValue } from '#lib/protocol/index.ts'

/** Anything that checks a value in the Standard Schema way: zod 4 schemas do. */
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
