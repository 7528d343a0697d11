import * as z from 'zod/mini'
import { QUEUE_MODES, REASONING_EFFORTS, REMEMBER } from './choices.ts'

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

/** What a tool showed while it ran. */
export const toolProgress = z.object({ text: z.string(), done: z.optional(z.number()), total: z.optional(z.number()) })
export type ToolProgress = z.infer<typeof toolProgress>

/** What a tool asks for while it runs: `schema` is a JSON Schema of a flat object. */
export const approvalForm = z.object({ message: z.string(), schema: z.json() })
export type ApprovalForm = z.infer<typeof approvalForm>

/** For how long a decision holds. */
export const remember = z.enum(REMEMBER)
export type Remember = z.infer<typeof remember>

const progress = z.optional(toolProgress)

/** A tool call is a union on `status`; each member has only its own fields. */
export const toolPart = z.discriminatedUnion('status', [
  z.object({ ...toolBase, status: z.literal('pending'), argsText: z.string() }),
  z.object({ ...toolBase, status: z.literal('running'), args: z.json(), startedAt: z.string(), progress }),
  z.object({
    ...toolBase,
    status: z.literal('awaiting-approval'),
    args: z.json(),
    approvalId: z.string(),
    expiresAt: z.string(),
    fingerprint: z.optional(z.string()),
    /** The tool is running, since `startedAt`, and asks for something. */
    form: z.optional(approvalForm),
    startedAt: z.optional(z.string()),
    progress,
  }),
  /** May begin; no worker has begun it yet. */
  z.object({ ...toolBase, status: z.literal('approved'), args: z.json(), approvalId: z.string(), fingerprint: z.optional(z.string()) }),
  z.object({ ...toolBase, status: z.literal('completed'), args: z.json(), result: z.json(), durationMs: z.number(), progress }),
  z.object({ ...toolBase, status: z.literal('failed'), args: z.json(), error: z.string(), durationMs: z.number(), progress }),
  z.object({ ...toolBase, status: z.literal('denied'), args: z.json(), reason: z.optional(z.string()) }),
])

export const filePart = z.object({ type: z.literal('file'), url: z.string(), mediaType: z.string(), name: z.optional(z.string()) })
export const sourcePart = z.object({ type: z.literal('source'), url: z.string(), title: z.optional(z.string()) })

/** What the user said to the run while it worked. */
export const steerPart = z.object({ type: z.literal('steer'), messageId: z.string(), text: z.string(), at: z.string() })

/** A place in a conversation: before a part of a message. */
export const place = z.object({ messageId: z.string(), part: z.number() })
export type Place = z.infer<typeof place>

/** What is shown to a model of a conversation that it cannot hold, as an event and its part say it. */
export const compaction = {
  /** Results of tools before it are left out. */
  cutBefore: z.optional(place),
  cutResults: z.number(),
  /** What was said before `keepFrom`, in short; the user's words stand in it as they were. */
  summary: z.optional(z.string()),
  keepFrom: z.optional(place),
  tokensBefore: z.number(),
  tokensAfter: z.number(),
}

/** From here on the model was shown less of the conversation: see `context:compacted`. */
export const compactedPart = z.object({ type: z.literal('compacted'), at: z.string(), ...compaction })

export const part = z.union([textPart, reasoningPart, toolPart, filePart, sourcePart, steerPart, compactedPart])
export type Part = z.infer<typeof part>
export type TextPart = z.infer<typeof textPart>
export type ReasoningPart = z.infer<typeof reasoningPart>
export type ToolPart = z.infer<typeof toolPart>
export type SteerPart = z.infer<typeof steerPart>
export type CompactedPart = z.infer<typeof compactedPart>

export const usage = z.object({
  inputTokens: z.number(),
  outputTokens: z.number(),
  reasoningTokens: z.optional(z.number()),
  cachedInputTokens: z.optional(z.number()),
  totalTokens: z.number(),
})
export type Usage = z.infer<typeof usage>

export const finishReason = z.enum(['stop', 'length', 'content-filter', 'max-steps', 'cancelled', 'error', 'interrupted'])
export type FinishReason = z.infer<typeof finishReason>

/** Which limit of a run was reached. */
export const limit = z.enum(['steps', 'tokens', 'time', 'cost'])
export type Limit = z.infer<typeof limit>

export const reasoningEffort = z.enum(REASONING_EFFORTS)
export type ReasoningEffort = z.infer<typeof reasoningEffort>

/** What becomes of a message that is sent while a run is active: told to it between two steps, or answered after it. */
export const queueMode = z.enum(QUEUE_MODES)
export type QueueMode = z.infer<typeof queueMode>

const messageBase = {
  id: z.string(),
  parentId: z.nullable(z.string()),
  createdAt: z.string(),
  parts: z.array(part),
}

export const userMessage = z.object({ ...messageBase, role: z.literal('user') })
export type UserMessage = z.infer<typeof userMessage>

/** A user message that waits. */
export const queuedMessage = z.extend(userMessage, { mode: queueMode })
export type QueuedMessage = z.infer<typeof queuedMessage>

/** What a reader thinks of an answer. */
export const rating = z.enum(['up', 'down'])
export type Rating = z.infer<typeof rating>

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
  /** With `max-steps`: which limit it was. */
  limit: z.optional(limit),
  /** Tokens that the model held in the end: the conversation as it was shown it, and its last words. */
  contextTokens: z.optional(z.number()),
  /** Tokens that it can hold. */
  contextLimit: z.optional(z.number()),
  usage: z.optional(usage),
  /** What that cost, in US dollars; absent where no price was known. */
  cost: z.optional(z.number()),
  error: z.optional(answerError),
  durationMs: z.optional(z.number()),
  rating: z.optional(rating),
})
export type AssistantMessage = z.infer<typeof assistantMessage>

export const message = z.discriminatedUnion('role', [userMessage, assistantMessage])
export type Message = z.infer<typeof message>
