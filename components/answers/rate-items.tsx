'use client'
import type { SessionStore } from '#lib/client/index.ts'
import type { AssistantMessage, Rating } from '#lib/protocol/index.ts'
import { MenuItem } from '../menu/menu.tsx'
import { Thumb } from './thumb.tsx'

export interface RateItemsProps {
  answer: AssistantMessage
  store: SessionStore
  onDone: () => void
}

/** Good or bad; what is pressed again is taken back. */
export function RateItems({ answer, store, onDone }: RateItemsProps) {
  const item = (rating: Rating, label: string) => (
    <MenuItem
      label={label}
      isOn={answer.rating === rating}
      onPress={() => {
        onDone()
        void store.rate(answer.id, answer.rating === rating ? null : rating)
      }}
    >
      <Thumb rating={rating} />
    </MenuItem>
  )
  return (
    // biome-ignore lint/a11y/useSemanticElements: within a menu, only this is allowed
    <div role="group" aria-label="Rate" className="rate-items">
      {item('up', 'Good answer')}
      {item('down', 'Bad answer')}
    </div>
  )
}
