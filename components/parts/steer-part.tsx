import { memo } from 'react'
import type { SteerPart } from '#lib/protocol/index.ts'
import { Words } from '../ui/words.tsx'

/** What the user said while the answer was being written, where the agent heard it. */
export const SteerPartView = memo(function SteerPartView({ part }: { part: SteerPart }) {
  return (
    <section className="user-words my-3 ml-auto w-fit" aria-label="You, meanwhile">
      <Words text={part.text} />
    </section>
  )
})
