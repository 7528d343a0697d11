'use client'
import type { AssistantMessage, Rating } from '#lib/protocol/index.ts'
import { useBranches } from '../branches/branches.tsx'
import { Thumb } from './thumb.tsx'

/** How the answer was rated; pressed, that is taken back. */
export function RatingMark({ answer, rating }: { answer: AssistantMessage; rating: Rating }) {
  const store = useBranches()?.store
  const label = rating === 'up' ? 'Rated good' : 'Rated bad'
  return (
    <button
      type="button"
      className="rating-mark"
      aria-label={`${label}: take it back`}
      title={label}
      aria-disabled={!store}
      onClick={(event) => {
        if (!store) return
        // The mark goes, and takes the focus with it.
        if (event.currentTarget.previousElementSibling instanceof HTMLElement) event.currentTarget.previousElementSibling.focus()
        void store.rate(answer.id, null)
      }}
    >
      <Thumb rating={rating} />
    </button>
  )
}
