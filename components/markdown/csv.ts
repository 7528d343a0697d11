import type { Tokens } from 'marked'
import { plainText } from './plain-text.ts'

/**
 * A table as comma-separated values (RFC 4180). A cell that a spreadsheet would take for a formula begins with an apostrophe: it is
 * a model that wrote it.
 */
export function csvOf({ header, rows }: Tokens.Table): string {
  return [header, ...rows].map((cells) => cells.map(({ tokens }) => fieldOf(plainText(tokens))).join(',')).join('\r\n')
}

function fieldOf(text: string): string {
  const isNumber = /^[-+]?[\d.,]+%?$/.test(text)
  const safe = /^[=+\-@\t\r]/.test(text) && !isNumber ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
