import { memo } from 'react'
import type { CompactedPart } from '#lib/protocol/index.ts'
import { count } from '../answers/price-words.ts'
import { Fold } from '../json/fold.tsx'
import { Markdown } from '../markdown/markdown.tsx'

/** Where the conversation had outgrown the model: a line across, and what the model is shown since instead. */
export const CompactedPartView = memo(function CompactedPartView({ part }: { part: CompactedPart }) {
  const { summary, tokensBefore, tokensAfter } = part
  return (
    <div className="compacted">
      <Fold label={<span>{labelOf(part)}</span>} isOpen={false}>
        {() => (
          <>
            <p>
              All that was said is kept here. To make room, the model is shown less of it from here on: about {count(tokensAfter)} tokens
              instead of {count(tokensBefore)}.
            </p>
            {summary !== undefined && (
              <div className="mt-2">
                <Markdown text={summary} />
              </div>
            )}
          </>
        )}
      </Fold>
    </div>
  )
})

function labelOf({ summary, cutResults }: CompactedPart): string {
  if (summary !== undefined) return 'What came before is summarised for the model'
  return `${cutResults} older tool ${cutResults === 1 ? 'result is' : 'results are'} no longer shown to the model`
}
