import * as z from 'zod/mini'

/** Limits of what is taken in, in bytes of UTF-8. */
export const MAX_BODY_BYTES = 1_000_000
export const MAX_MESSAGE_BYTES = 256 * 1024
export const MAX_TITLE_LENGTH = 200
export const MESSAGE_PAGE_SIZE = 50
export const SESSION_PAGE_SIZE = 50
/** The longest that a reader may have an answer wait for an event, in ms. */
export const MAX_WAIT_MS = 20_000

const wellFormed = z.refine<string>((text) => text.isWellFormed() && !text.includes('\0'), 'must be valid Unicode text without NUL')
const notBlank = z.refine<string>((text) => text.trim() !== '', 'must not be empty')
const fits = z.refine<string>((text) => new TextEncoder().encode(text).length <= MAX_MESSAGE_BYTES, 'must be at most 256 kB')

export const uuid = z.guid()
const text = z.string().check(wellFormed, notBlank, fits)
const title = z.string().check(z.trim(), wellFormed, notBlank, z.maxLength(MAX_TITLE_LENGTH))

export const createSessionRequest = z.strictObject({ title: z.optional(title) })
export const renameSessionRequest = z.strictObject({ title })

/** `id` is made by the client: sending it twice is one message and one run. */
export const sendMessageRequest = z.strictObject({ id: z.optional(uuid), text })
export type SendMessageRequest = z.infer<typeof sendMessageRequest>

/** Empty or null `sessionId` means: make a session. */
export const chatStreamRequest = z.object({ message: text, sessionId: z.optional(z.nullable(z.string())) })

export interface SendMessageResponse {
  messageId: string
  runId: string
  /** The cursor to follow from: events of this run come after it. */
  cursor: number
}
