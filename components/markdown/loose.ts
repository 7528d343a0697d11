import type { Tokens } from 'marked'

/** A list that knows which of its items is the first that makes it loose, so that one that grows need not ask all of them again. */
export interface StreamedList extends Tokens.List {
  looseFrom?: number
}

/** The first item with a blank line in it, or between it and the next; Infinity where there is none. */
export function looseFrom({ items, looseFrom: known }: StreamedList): number {
  if (known !== undefined) return known
  const found = items.findIndex((item, index) => (index < items.length - 1 && /\n[ \t]*\n[ \t]*$/.test(item.raw)) || hasGap(item))
  return found < 0 ? Number.POSITIVE_INFINITY : found
}

function hasGap({ tokens }: Tokens.ListItem): boolean {
  return tokens.some((token) => token.type === 'space' && /\n.*\n/.test(token.raw))
}
