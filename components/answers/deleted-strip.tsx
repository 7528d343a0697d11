'use client'
import { useEffect, useRef } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { Icon } from '../ui/icon.tsx'

export interface DeletedStripProps {
  /** What was deleted last. */
  messageIds: string[]
  store: SessionStore
  /** It was answered: the focus goes on from somewhere else. */
  onEnd: () => void
}

/** A question and its answer were deleted, and can be brought back. It takes the focus that was in the answer. */
export function DeletedStrip({ messageIds, store, onEnd }: DeletedStripProps) {
  const undo = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each that is deleted
  useEffect(() => undo.current?.focus({ preventScroll: true }), [messageIds])
  const end = () => {
    store.forgetDeleted()
    onEnd()
  }
  return (
    <p className="strip" role="status">
      <span className="min-w-0">Deleted a question and its answer.</span>
      <button
        ref={undo}
        type="button"
        className="quiet-button ml-auto font-medium"
        onClick={() => {
          end()
          void store.undoDelete(messageIds)
        }}
      >
        Undo
      </button>
      <button type="button" className="icon-button -my-1" aria-label="Close" onClick={end}>
        <Icon name="close" />
      </button>
    </p>
  )
}
