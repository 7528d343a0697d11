import * as z from 'zod/mini'
import type { ErrorCode } from './errors.ts'
import { MAX_MESSAGE_BYTES, MAX_PROMPT_LENGTH, MAX_PROMPT_NAME_LENGTH, MAX_TITLE_LENGTH } from './limits.ts'
import { queueMode, rating, reasoningEffort, remember } from './messages.ts'

const wellFormed = z.refine<string>((text) => text.isWellFormed() && !text.includes('\0'), 'must be valid Unicode text without NUL')
const notBlank = z.refine<string>((text) => text.trim() !== '', 'must not be empty')
const fits = z.refine<string>((text) => new TextEncoder().encode(text).length <= MAX_MESSAGE_BYTES, 'must be at most 256 kB')

/** In lower case: one thing has one name in a row, in its events and wherever they are told of. */
const uuid = z.guid().check(z.toLowerCase())
const text = z.string().check(wellFormed, notBlank, fits)
const title = z.string().check(z.trim(), wellFormed, notBlank, z.maxLength(MAX_TITLE_LENGTH))

const model = z.string().check(wellFormed, notBlank, z.maxLength(200))
const settings = { model: z.optional(z.nullable(model)), reasoningEffort: z.optional(z.nullable(reasoningEffort)) }

/** `id` is made by the client: sending it twice is one session. */
export const createSessionRequest = z.strictObject({ id: z.optional(uuid), title: z.optional(title), ...settings })
export type CreateSessionRequest = z.infer<typeof createSessionRequest>
/** What is left out stays as it is; null is the server's choice. */
export const updateSessionRequest = z
  .strictObject({ title: z.optional(title), ...settings })
  .check(z.refine((update) => Object.keys(update).length > 0, 'must say what to change'))
export type UpdateSessionRequest = z.infer<typeof updateSessionRequest>

/**
 * `id` is made by the client: sending it twice is one message and one run. `mode` counts while a run is active. With `replaces`, it
 * takes the place of that user message, on a branch of its own.
 */
export const sendMessageRequest = z.strictObject({ id: z.optional(uuid), text, mode: z.optional(queueMode), replaces: z.optional(uuid) })
export type SendMessageRequest = z.infer<typeof sendMessageRequest>

/** `messageId`: an answer, or the message that is answered. `model` ("provider/model") answers this once. */
export const regenerateRequest = z.strictObject({ messageId: uuid, model: z.optional(model) })
export type RegenerateRequest = z.infer<typeof regenerateRequest>

/** The newest of what follows this message is shown. */
export const selectBranchRequest = z.strictObject({ messageId: uuid })

/** Of an answer; null takes it back. */
export const rateRequest = z.strictObject({ rating: z.nullable(rating) })

export const restoreMessagesRequest = z.strictObject({ messageIds: z.array(uuid).check(z.minLength(1), z.maxLength(1_000)) })

/** A message that waits. */
export const updateQueuedRequest = z
  .strictObject({ text: z.optional(text), mode: z.optional(queueMode) })
  .check(z.refine((update) => Object.keys(update).length > 0, 'must say what to change'))
export type UpdateQueuedRequest = z.infer<typeof updateQueuedRequest>

/** What waits, in the order that is wanted. */
export const reorderQueueRequest = z.strictObject({ messageIds: z.array(uuid).check(z.maxLength(1_000)) })

const promptName = z.string().check(z.trim(), wellFormed, notBlank, z.maxLength(MAX_PROMPT_NAME_LENGTH))
const promptText = z.string().check(wellFormed, notBlank, z.maxLength(MAX_PROMPT_LENGTH))

export const savePromptRequest = z.strictObject({ name: promptName, text: promptText })
export type SavePromptRequest = z.infer<typeof savePromptRequest>

export const updatePromptRequest = z
  .strictObject({ name: z.optional(promptName), text: z.optional(promptText) })
  .check(z.refine((update) => Object.keys(update).length > 0, 'must say what to change'))
export type UpdatePromptRequest = z.infer<typeof updatePromptRequest>

/** A text that a user saved, to be used again. */
export interface Prompt {
  id: string
  name: string
  text: string
}

const reason = z.string().check(z.trim(), wellFormed, z.maxLength(2_000))

/** `content`: what was filled in, when the approval has a form. */
export const approvalRequest = z.strictObject({
  approved: z.boolean(),
  reason: z.optional(reason),
  remember: z.optional(remember),
  content: z.optional(z.json()),
})
export type ApprovalRequest = z.infer<typeof approvalRequest>

/** Empty or null `sessionId` means: make a session. */
export const chatStreamRequest = z.object({ message: text, sessionId: z.optional(z.nullable(z.string())) })

export interface SendMessageResponse {
  messageId: string
  runId: string
  /** The cursor to follow from: events of this run come after it. */
  cursor: number
}

/** A model that a provider offers; `name` where it has one for people. */
export interface OfferedModel {
  id: string
  name?: string
}

/** What one configured provider offers, or why that is not known. */
export interface ProviderModels {
  provider: string
  models: OfferedModel[]
  error?: { code: ErrorCode; message: string }
}

export interface ModelsResponse {
  /** "provider/model": what answers where nothing was chosen. */
  default: string
  providers: ProviderModels[]
}
