'use client'
import { type ReactNode, useRef, useState } from 'react'
import { readDraft } from '#lib/client/index.ts'
import { lateAnswers } from '../answers/late-answers.ts'
import { Late } from '../ui/late.tsx'
import { BranchSwitch } from './branch-switch.tsx'
import { useBranches } from './branches.tsx'

export interface SaidAnewProps {
  messageId: string
  text: string
  /** The words as they are shown. */
  children: ReactNode
}

/** The user's words with what can be done about them: said anew, on a branch of their own, and back to what was said before. */
export function SaidAnew({ messageId, text, children }: SaidAnewProps) {
  const branches = useBranches()
  const [isEditing, setIsEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const end = () => {
    setIsEditing(false)
    // The button is there again with the next drawing.
    requestAnimationFrame(() => button.current?.focus())
  }
  if (!branches) return children
  if (isEditing) {
    const first = readDraft(messageId) || text
    return (
      <Late part={lateAnswers} props={{ is: 'edit', messageId, text: first, onSend: branches.store.edit, onEnd: end }}>
        {children}
      </Late>
    )
  }
  return (
    <>
      {children}
      <div className="said-tools">
        <BranchSwitch messageId={messageId} />
        <button
          ref={button}
          type="button"
          className="quiet-button"
          aria-disabled={branches.isBusy}
          onClick={() => {
            if (!branches.isBusy) setIsEditing(true)
          }}
        >
          Edit
        </button>
      </div>
    </>
  )
}
