import * as z from 'zod/mini'

/** Opaque data that a provider wants back with the part on the next call (signatures, item ids). */
export const providerMetadata = z.record(z.string(), z.record(z.string(), z.json()))
export type ProviderMetadata = z.infer<typeof providerMetadata>

export const textPart = z.object({ type: z.literal('text'), text: z.string(), metadata: z.optional(providerMetadata) })

export const reasoningPart = z.object({
  type: z.literal('reasoning'),
  text: z.string(),
  startedAt: z.string(),
  /** Absent while it is still being written. */
  endedAt: z.optional(z.string()),
  metadata: z.optional(providerMetadata),
})

const toolBase = { type: z.literal('tool'), callId: z.string(), toolName: z.string(), metadata: z.optional(providerMetadata) }

/** A tool call is a union on `status`; each member has only its own fields. */
export const toolPart = z.discriminatedUnion('status', [
  z.object({ ...toolBase, status: z.literal('pending'), argsText: z.string() }),
  z.object({ ...toolBase, status: z.literal('running'), args: z.json(), startedAt: z.string() }),
  z.object({ ...toolBase, status: z.literal('awaiting-approval'), args: z.json(), approvalId: z.string(), expiresAt: z.string() }),
  z.object({ ...toolBase, status: z.literal('completed'), args: z.json(), result: z.json(), durationMs: z.number() }),
  z.object({ ...toolBase, status: z.literal('failed'), args: z.json(), error: z.string(), durationMs: z.number() }),
  z.object({ ...toolBase, status: z.literal('denied'), args: z.json(), reason: z.optional(z.string()) }),
])

export const filePart = z.object({ type: z.literal('file'), url: z.string(), mediaType: z.string(), name: z.optional(z.string()) })
export const sourcePart = z.object({ type: z.literal('source'), url: z.string(), title: z.optional(z.string()) })

export const part = z.union([textPart, reasoningPart, toolPart, filePart, sourcePart])
export type Part = z.infer<typeof part>
export type TextPart = z.infer<typeof textPart>
export type ReasoningPart = z.infer<typeof reasoningPart>
export type ToolPart = z.infer<typeof toolPart>

export const usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.optional(z.number()),
  cachedInputTokens: z.optional(z.number()),
  totalTokens: z.number(),
})
export type Usage = z.infer<typeof usage>

export const NO_USAGE: Usage = { inputTokens: 0, outputTokens: 0, totalTokens: 0 }

/** The sum of two usages; what neither says stays unsaid. */
export function addUsage(a: Usage, b: Usage): Usage {
  const sum: Usage = {
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    totalTokens: a.totalTokens + b.totalTokens,
  }
  for (const key of ['reasoningTokens', 'cachedInputTokens'] as const) {
    if (a[key] !== undefined || b[key] !== undefined) sum[key] = (a[key] ?? 0) + (b[key] ?? 0)
  }
  return sum
}

export const finishReason = z.enum(['stop', 'length', 'content-filter', 'max-steps', 'cancelled', 'error', 'interrupted'])
export type FinishReason = z.infer<typeof finishReason>

const messageBase = {
  id: z.string(),
  parentId: z.nullable(z.string()),
  createdAt: z.string(),
  parts: z.array(part),
}

export const userMessage = z.object({ ...messageBase, role: z.literal('user') })
export type UserMessage = z.infer<typeof userMessage>

export const answerError = z.object({ code: z.string(), message: z.string(), recoverable: z.boolean() })

export const assistantMessage = z.object({
  ...messageBase,
  role: z.literal('assistant'),
  runId: z.string(),
  provider: z.string(),
  model: z.string(),
  /** Where a takeover resumed the answer: each is the number of parts that stood before it. */
  joints: z.array(z.number()),
  /** Absent while the run is active. */
  finishReason: z.optional(finishReason),
  usage: z.optional(usage),
  error: z.optional(answerError),
  durationMs: z.optional(z.number()),
})
export type AssistantMessage = z.infer<typeof assistantMessage>

export const message = z.discriminatedUnion('role', [userMessage, assistantMessage])
export type Message = z.infer<typeof message>

/** All text of a message, in order; what `llm:response` carries as `content`. */
export function textOf(parts: readonly Part[]): string {
  let text = ''
  for (const one of parts) if (one.type === 'text') text += one.text
  return text
}

/** All reasoning of a message, in order; empty when there is none. */
export function reasoningOf(parts: readonly Part[]): string {
  let text = ''
  for (const one of parts) if (one.type === 'reasoning') text += one.text
  return text
}
