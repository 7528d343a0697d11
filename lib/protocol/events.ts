import * as z from 'zod/mini'
import {
  approvalForm,
  compaction,
  finishReason,
  limit,
  message,
  providerMetadata,
  queueMode,
  rating,
  reasoningEffort,
  remember,
  usage,
  userMessage,
} from './messages.ts'

const session = { sessionId: z.string(), seq: z.number(), at: z.string() }
const inRun = { ...session, runId: z.string() }
const call = { callId: z.string(), toolName: z.string() }

/** What its user chose for a session; absent is the server's choice. */
const sessionSettings = { model: z.optional(z.nullable(z.string())), reasoningEffort: z.optional(z.nullable(reasoningEffort)) }

/** What a session is called, when it was touched, and what was chosen for it. `model` is "provider/model". */
export const sessionInfo = z.object({
  id: z.string(),
  title: z.nullable(z.string()),
  createdAt: z.string(),
  updatedAt: z.string(),
  ...sessionSettings,
})
export type SessionInfo = z.infer<typeof sessionInfo>

/** Every event of a session's log, discriminated by `type`. All types are inferred from here. */
export const rillEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('session:created'), ...session, title: z.nullable(z.string()) }),
  z.object({ type: z.literal('session:title-updated'), ...session, title: z.nullable(z.string()) }),
  /** Counts from the next run on. */
  z.object({ type: z.literal('session:settings-updated'), ...session, ...sessionSettings }),
  /** What waits, in its new order. */
  z.object({ type: z.literal('session:queue-reordered'), ...session, messageIds: z.array(z.string()) }),
  /** The conversation is shown up to this message now. A reader takes a fresh snapshot. */
  z.object({ type: z.literal('session:branch-selected'), ...session, messageId: z.string() }),
  z.object({ type: z.literal('session:deleted'), ...session }),
  z.object({ type: z.literal('session:restored'), ...session }),
  /** It follows its parent: what stood behind that is another branch from now on. */
  z.object({ type: z.literal('message:created'), ...inRun, message }),
  /** What followed them stays where it is. A reader takes a fresh snapshot. */
  z.object({ type: z.literal('message:deleted'), ...session, messageIds: z.array(z.string()) }),
  /** They were deleted, and are there again. A reader takes a fresh snapshot. */
  z.object({ type: z.literal('message:restored'), ...session, messageIds: z.array(z.string()) }),
  z.object({ type: z.literal('message:rated'), ...session, messageId: z.string(), rating: z.nullable(rating) }),
  z.object({ type: z.literal('message:queued'), ...inRun, messageId: z.string(), mode: queueMode }),
  /** It waits, and was changed: `text` or `mode` is the new value. */
  z.object({
    type: z.literal('message:updated'),
    ...inRun,
    messageId: z.string(),
    text: z.optional(z.string()),
    mode: z.optional(queueMode),
  }),
  /** It waited, and its run was cancelled: it was never said. */
  z.object({ type: z.literal('message:removed'), ...inRun, messageId: z.string() }),
  z.object({
    type: z.literal('message:dequeued'),
    ...inRun,
    messageId: z.string(),
    mode: queueMode,
    /** With `steer`: what was said, to the run that is active. */
    message: z.optional(userMessage),
  }),
  /** A message that was said before is to be answered again, beside the answers that it has. */
  z.object({
    type: z.literal('run:created'),
    ...inRun,
    /** The user message that is answered. */
    messageId: z.string(),
    answerId: z.string(),
  }),
  z.object({
    type: z.literal('run:started'),
    ...inRun,
    provider: z.string(),
    model: z.string(),
    /** The answer's id. */
    messageId: z.string(),
    /** The user message that is answered. */
    parentId: z.string(),
    /** 1 for the first worker; one more with each takeover. */
    epoch: z.number(),
  }),
  /** It waits for a person: no worker has it, and the next one goes on where it was. */
  z.object({ type: z.literal('run:waiting'), ...inRun }),
  z.object({
    type: z.literal('llm:thinking'),
    ...inRun,
    /** 1 for the first step; the same again when a step's model call is repeated. */
    step: z.number(),
    /** What the completed steps used. */
    usage,
  }),
  z.object({
    type: z.literal('llm:chunk'),
    ...inRun,
    content: z.string(),
    chunkType: z.enum(['text', 'reasoning']),
    /** With empty content: data that the provider wants back with the part so far. */
    metadata: z.optional(providerMetadata),
  }),
  z.object({ type: z.literal('llm:tool-call-partial'), ...inRun, ...call, argsDelta: z.string() }),
  z.object({
    type: z.literal('llm:tool-call'),
    ...inRun,
    ...call,
    args: z.json(),
    metadata: z.optional(providerMetadata),
    /** With the first call of a step: what the run has used, that step's model call included. */
    usage: z.optional(usage),
  }),
  z.object({
    type: z.literal('approval:request'),
    ...inRun,
    ...call,
    approvalId: z.string(),
    args: z.json(),
    expiresAt: z.string(),
    /** What the tool said of itself when it was asked about: `fingerprintOf`. */
    fingerprint: z.optional(z.string()),
    /** The tool is running, and asks for something. */
    form: z.optional(approvalForm),
  }),
  z.object({
    type: z.literal('approval:response'),
    ...inRun,
    approvalId: z.string(),
    approved: z.boolean(),
    reason: z.optional(z.string()),
    remember: z.optional(remember),
    /** What was filled in, when there was a form. */
    content: z.optional(z.json()),
    by: z.string(),
  }),
  /** A call that was approved begins: from here on it is not repeated unknowingly. */
  z.object({ type: z.literal('llm:tool-started'), ...inRun, ...call }),
  z.object({
    type: z.literal('llm:tool-progress'),
    ...inRun,
    ...call,
    /** Is added to what was shown. */
    text: z.optional(z.string()),
    /** How much of `total` is done. */
    done: z.optional(z.number()),
    total: z.optional(z.number()),
  }),
  z.object({
    type: z.literal('llm:tool-result'),
    ...inRun,
    ...call,
    success: z.boolean(),
    result: z.optional(z.json()),
    error: z.optional(z.string()),
    durationMs: z.number(),
  }),
  /** The conversation had outgrown the model: what it is shown from here on. What was said is all kept. */
  z.object({ type: z.literal('context:compacted'), ...inRun, ...compaction }),
  z.object({
    type: z.literal('llm:retrying'),
    ...inRun,
    attempt: z.number(),
    maxAttempts: z.number(),
    waitMs: z.number(),
    error: z.object({ code: z.string(), message: z.string() }),
    /** True: the step's text so far is withdrawn. */
    discard: z.boolean(),
  }),
  z.object({
    type: z.literal('llm:response'),
    ...inRun,
    content: z.string(),
    reasoning: z.optional(z.string()),
    usage,
    messageId: z.string(),
    provider: z.string(),
    model: z.string(),
    finishReason,
    /** With `max-steps`: which limit it was. */
    limit: z.optional(limit),
    /** Tokens that the model held in the end, and that it can hold. */
    contextTokens: z.optional(z.number()),
    contextLimit: z.optional(z.number()),
    /** In US dollars, where the model's price is known. */
    cost: z.optional(z.number()),
  }),
  z.object({
    type: z.literal('llm:error'),
    ...inRun,
    code: z.string(),
    message: z.string(),
    recoverable: z.boolean(),
    /** What was used all the same, and what that cost. */
    usage: z.optional(usage),
    cost: z.optional(z.number()),
  }),
  z.object({ type: z.literal('run:complete'), ...inRun, finishReason, stepCount: z.number(), durationMs: z.number() }),
])

export type RillEvent = z.infer<typeof rillEvent>
export type EventType = RillEvent['type']
export type EventOf<T extends EventType> = Extract<RillEvent, { type: T }>

type Envelope = 'sessionId' | 'seq' | 'at'
type WithoutEnvelope<E> = E extends RillEvent ? Omit<E, Envelope> : never

/** An event before it is committed: the log adds `sessionId`, `seq` and `at`. */
export type NewEvent = WithoutEnvelope<RillEvent>

/** What a reader is told when its cursor is older than what the log keeps: take a fresh snapshot. Not in the log. */
export const sessionReset = z.object({ type: z.literal('session:reset'), sessionId: z.string(), cursor: z.number() })
export type SessionReset = z.infer<typeof sessionReset>
