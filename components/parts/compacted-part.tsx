import { memo } from 'react'
import type { CompactedPart } from '#lib/protocol/index.ts'
import { Markdown } from '../markdown/markdown.tsx'

/** Where the conversation had outgrown the model, and what it is shown since instead. */
export const CompactedPartView = memo(function CompactedPartView({ part }: { part: CompactedPart }) {
  const { summary, cutResults } = part
  const cut = `${cutResults} older tool ${cutResults === 1 ? 'result' : 'results'}`
  if (summary === undefined) return <p className="my-2 text-list text-soft">The model is no longer shown {cut}, to make room.</p>
  return (
    <details className="my-2 text-list text-soft">
      <summary>The conversation outgrew the model: what came before is summarised for it.</summary>
      <div className="mt-1 border-hair border-l pl-3">
        <Markdown text={summary} />
      </div>
    </details>
  )
})
