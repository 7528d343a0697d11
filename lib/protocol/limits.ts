/** Limits of what is taken in, in bytes of UTF-8. */
export const MAX_BODY_BYTES = 1_000_000
export const MAX_MESSAGE_BYTES = 256 * 1024
export const MAX_TITLE_LENGTH = 200
export const MESSAGE_PAGE_SIZE = 50
export const SESSION_PAGE_SIZE = 50
/** The longest that a reader may have an answer wait for an event, in ms. */
export const MAX_WAIT_MS = 20_000
