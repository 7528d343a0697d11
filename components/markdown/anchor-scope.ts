import { createContext } from 'react'

/** What makes the ids of one text's headings its own in the page; each text gives itself one where nobody does. */
export const AnchorScope = createContext<string | null>(null)

/** An id that says what it leads to. */
export function anchorOf(text: string, scope: string, start: number): string {
  const words = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .slice(0, 48)
    .replace(/^-|-$/g, '')
  return [words, scope.replace(/[^\w-]+/g, ''), start.toString(36)].filter(Boolean).join('-')
}
