'use client'
import { useEffect, useRef, useState } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { Icon } from '../ui/icon.tsx'

export interface DeletedStripProps {
  /** What was deleted last. */
  messageIds: string[]
  store: SessionStore
  /** It goes: the focus goes on from somewhere else. */
  onEnd: () => void
}

/** A question and its answer were deleted, and can be brought back. It takes the focus that was in the answer. */
export function DeletedStrip({ messageIds, store, onEnd }: DeletedStripProps) {
  const undo = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: with each that is deleted
  useEffect(() => undo.current?.focus({ preventScroll: true }), [messageIds])
  const [isUndoing, setIsUndoing] = useState(false)
  /** Under a finger, a field that takes the focus brings up the keyboard. */
  const end = () => {
    if (store.get().deleted === null && window.matchMedia('(pointer: fine)').matches) onEnd()
  }
  const bringBack = async () => {
    if (isUndoing) return
    setIsUndoing(true)
    await store.undoDelete(messageIds)
    setIsUndoing(false)
    end()
  }
  const close = () => {
    store.forgetDeleted()
    end()
  }
  return (
    <p className="strip" role="status">
      <span className="min-w-0">Deleted a question and its answer.</span>
      <button
        ref={undo}
        type="button"
        className="quiet-button ml-auto font-medium"
        aria-disabled={isUndoing}
        onClick={() => void bringBack()}
      >
        Undo
      </button>
      <button type="button" className="icon-button -my-1" aria-label="Close" onClick={close}>
        <Icon name="close" />
      </button>
    </p>
  )
}
