'use client'
import { memo, useState } from 'react'
import type { ReasoningPart } from '#lib/protocol/index.ts'
import { Markdown } from '../markdown/markdown.tsx'
import { Icon } from '../ui/icon.tsx'
import { duration } from './duration.ts'

/** What the model thought, folded; with how long it took once it is done. */
export const ReasoningPartView = memo(function ReasoningPartView({ part }: { part: ReasoningPart }) {
  const [isOpen, setIsOpen] = useState(false)
  if (part.text === '') return null
  const label =
    part.endedAt === undefined ? 'Thinking…' : `Thought for ${thoughtFor(Date.parse(part.endedAt) - Date.parse(part.startedAt))}`
  return (
    <div className="my-2 text-list text-soft first:mt-0">
      <button
        type="button"
        className="quiet-button -ml-1.5 inline-flex items-center gap-1 font-medium text-list"
        aria-expanded={isOpen}
        onClick={() => setIsOpen(!isOpen)}
      >
        {label}
        <span className={isOpen ? 'rotate-90' : ''}>
          <Icon name="chevron" />
        </span>
      </button>
      {isOpen && (
        <div className="mt-1 border-hair border-l pl-3">
          <Markdown text={part.text} />
        </div>
      )}
    </div>
  )
})

function thoughtFor(ms: number): string {
  return ms < 1_000 ? 'a moment' : duration(ms)
}
