import { use } from 'react'
import { AnchorScope } from '../anchor-scope.ts'
import type { NoteMarkToken } from './footnote-tokens.ts'
import { FootnotesContext } from './footnotes.ts'

/** The number of a footnote, which leads to it; before it is explained, what was written. */
export function FootnoteMark({ token }: { token: NoteMarkToken }) {
  const notes = use(FootnotesContext)
  const scope = use(AnchorScope)
  const number = notes.findIndex(({ label }) => label === token.label) + 1
  if (number === 0) return token.raw
  return (
    <sup>
      <a href={`#note-${scope}-${number}`} aria-label={`Footnote ${number}`}>
        {number}
      </a>
    </sup>
  )
}
