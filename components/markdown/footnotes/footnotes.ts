import { createContext } from 'react'
import type { Block } from '../lex.ts'
import type { NoteToken } from './footnote-tokens.ts'

/** The footnotes that the text so far marks and explains, in the order of their first marks. */
export type Footnotes = readonly NoteToken[]

export const NO_FOOTNOTES: Footnotes = []
export const FootnotesContext = createContext<Footnotes>(NO_FOOTNOTES)

/** The same as `before` while nothing about them changed. */
export function footnotesOf(blocks: readonly Block[], before: Footnotes): Footnotes {
  const notes = new Map<string, NoteToken>()
  const marked = new Set<string>()
  for (const { token, marks } of blocks) {
    if (token.type === 'footnote') notes.set((token as NoteToken).label, notes.get((token as NoteToken).label) ?? (token as NoteToken))
    if (marks) for (const label of marks) marked.add(label)
  }
  if (notes.size === 0) return NO_FOOTNOTES
  const found = [...marked].flatMap((label) => notes.get(label) ?? [])
  return found.length === before.length && found.every((note, index) => note === before[index]) ? before : found
}
