import type { FinishReason, Message, ProviderMetadata, ReasoningEffort, Usage } from '#lib/protocol/index.ts'

/** What the agent asks of a model: one step. */
export interface ModelRequest {
  system?: string
  /** The conversation so far, oldest first. The last may be the answer being written, with tool results in its parts. */
  messages: Message[]
  tools: ToolDescription[]
  /** How much the model shall think, as near as it can; left out, the provider decides. */
  reasoningEffort?: ReasoningEffort
  /** Aborting closes the provider's socket and ends the stream with the signal's reason. */
  signal: AbortSignal
}

export interface ToolDescription {
  name: string
  description: string
  /** JSON Schema of the arguments. */
  inputSchema: Record<string, unknown>
}

/** One thing that a model said. Text is well-formed Unicode: a character cut over two deltas arrives whole. */
export type ModelEvent =
  | { type: 'text'; delta: string; metadata?: ProviderMetadata }
  | { type: 'reasoning'; delta: string; metadata?: ProviderMetadata }
  | { type: 'tool-delta'; callId: string; toolName: string; argsDelta: string }
  /** `input` is the arguments as the model wrote them: JSON text, not yet checked. */
  | { type: 'tool-call'; callId: string; toolName: string; input: string; metadata?: ProviderMetadata }
  /** Always the last, exactly once, when the stream ended as it should. */
  | { type: 'finish'; finishReason: StepFinishReason; usage: Usage }

export type StepFinishReason = Extract<FinishReason, 'stop' | 'length' | 'content-filter' | 'error' | 'interrupted'> | 'tool-calls'

export interface Model {
  provider: string
  /** `default` only until the server has been asked which it serves. */
  readonly model: string
  /**
   * One model call, no retries inside. Throws an `AppError` with a `provider-*` code: `recoverable` says whether
   * trying again may help, `retryAfterMs` what the provider asked for. A stream that ends without its finish
   * throws `provider-cut`; silence throws `provider-timeout` (before the first byte) or `provider-stalled`.
   * When streaming itself is refused, asks once without streaming and yields that answer as one chunk.
   */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>
}

export interface ModelDeadlines {
  /** Until the first byte of the answer, in ms. */
  firstByteMs: number
  /** Between two pieces of the answer, in ms. */
  stallMs: number
}

export const DEFAULT_DEADLINES: ModelDeadlines = { firstByteMs: 30_000, stallMs: 60_000 }

/** Which model to use and how to reach it. */
export interface ModelConfig extends ProviderConfig {
  /** For `openai-compatible`, `default` is the first model that the server lists. */
  model: string
}

/** How to reach a provider, whichever of its models is asked. */
export interface ProviderConfig {
  provider: 'openai' | 'openai-compatible' | 'anthropic' | 'google' | 'demo'
  /** Undefined is allowed, so that `process.env.X` can be written here. */
  apiKey?: string | undefined
  baseURL?: string | undefined
  deadlines?: Partial<ModelDeadlines>
  /** How fast the demo speaks; 0 means at once. Default 40. */
  tokensPerSecond?: number
}
