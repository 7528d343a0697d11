/** Limits of what is taken in, in bytes of UTF-8. */
export const MAX_BODY_BYTES = 1_000_000
export const MAX_MESSAGE_BYTES = 256 * 1024
export const MAX_TITLE_LENGTH = 200
export const MESSAGE_PAGE_SIZE = 50
export const SESSION_PAGE_SIZE = 50
/** The longest that a reader may have an answer wait for an event, in ms. */
export const MAX_WAIT_MS = 20_000
/** How many prompts a user may save, and how long one and its name may be, in UTF-16 units. */
export const MAX_PROMPTS = 200
export const MAX_PROMPT_LENGTH = 20_000
export const MAX_PROMPT_NAME_LENGTH = 60
