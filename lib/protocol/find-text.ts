import type { Part } from './messages.ts'

/** The longest text that is looked for, in UTF-16 units. */
export const MAX_FIND_LENGTH = 200
export const FIND_PAGE_SIZE = 500
/** The most messages that are asked for at once, on the way to one that was found. */
export const MAX_MESSAGE_PAGE_SIZE = 500

/** Text as it is compared: in small letters, its markdown marks left out, each gap one space. */
export function findableText(text: string): string {
  return text
    .replace(/[*_~`]/g, '')
    .replace(/\s+/g, ' ')
    .toLowerCase()
}

/** What is looked through of a message: what was said in words, by either side. */
export function saidIn(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' || part.type === 'steer' ? part.text : [])).join('\n')
}
