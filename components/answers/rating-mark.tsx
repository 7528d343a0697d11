'use client'
import type { RefObject } from 'react'
import type { AssistantMessage, Rating } from '#lib/protocol/index.ts'
import { useBranches } from '../branches/branches.tsx'
import { Thumb } from './thumb.tsx'

export interface RatingMarkProps {
  answer: AssistantMessage
  rating: Rating
  /** Where the focus goes on when the mark goes. */
  button: RefObject<HTMLElement | null>
}

/** How the answer was rated; pressed, that is taken back. */
export function RatingMark({ answer, rating, button }: RatingMarkProps) {
  const store = useBranches()?.store
  const label = rating === 'up' ? 'Rated good' : 'Rated bad'
  return (
    <button
      type="button"
      className="rating-mark"
      aria-label={`${label}: take it back`}
      title={label}
      aria-disabled={!store}
      onClick={() => {
        if (!store) return
        button.current?.focus({ preventScroll: true })
        void store.rate(answer.id, null)
      }}
    >
      <Thumb rating={rating} />
    </button>
  )
}
