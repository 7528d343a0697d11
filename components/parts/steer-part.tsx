import { memo } from 'react'
import type { SteerPart } from '#lib/protocol/index.ts'
import { Words } from '../ui/words.tsx'

/** What the user said while the answer was being written: it flows into the line where the agent heard it. */
export const SteerPartView = memo(function SteerPartView({ part }: { part: SteerPart }) {
  return (
    <article className="steer" aria-label="You, meanwhile">
      <div className="user-words">
        <Words text={part.text} />
      </div>
    </article>
  )
})
