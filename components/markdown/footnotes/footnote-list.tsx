import { use } from 'react'
import { AnchorScope } from '../anchor-scope.ts'
import { Blocks } from '../block-view.tsx'
import type { Footnotes } from './footnotes.ts'

/** What the footnotes say, below the text. */
export function FootnoteList({ notes }: { notes: Footnotes }) {
  const scope = use(AnchorScope)
  if (notes.length === 0) return null
  return (
    <section className="footnotes" aria-label="Footnotes">
      <ol>
        {notes.map(({ label, tokens }, index) => (
          <li key={label} id={`note-${scope}-${index + 1}`}>
            <Blocks tokens={tokens} />
          </li>
        ))}
      </ol>
    </section>
  )
}
