'use client'
import { memo, type RefObject, useEffect, useRef, useState } from 'react'
import type { ToolPart } from '#lib/protocol/index.ts'
import { lateCard } from '../../approval/late-card.ts'
import type { Decide } from '../../approval/use-decision.ts'
import { Late, latePart } from '../../ui/late.tsx'
import { ToolHead } from './tool-head.tsx'

const lateProgress = latePart(async () => (await import('./tool-progress.tsx')).ToolProgressView)
const lateDetails = latePart(async () => (await import('./tool-details.tsx')).ToolDetails)

export interface ToolPartProps {
  part: ToolPart
  onDecide: Decide
}

/** One tool call as a row that opens: what was called, with what, and what came of it; a card while it waits for a person. */
export const ToolPartView = memo(function ToolPartView({ part, onDecide }: ToolPartProps) {
  const [isOpen, setIsOpen] = useState(false)
  const head = useRef<HTMLButtonElement>(null)
  const row = useRef<HTMLDivElement>(null)
  const isAsking = part.status === 'awaiting-approval'
  // The card shows all that there is to see of a call that has not begun.
  const canOpen = !isAsking || part.form !== undefined
  useKeptFocus(row, head, isAsking)
  return (
    <div ref={row} className="tool" data-status={part.status}>
      <ToolHead ref={head} part={part} isOpen={canOpen ? isOpen : null} onToggle={() => setIsOpen(!isOpen)} />
      {'progress' in part && part.progress && part.status === 'running' && (
        <Late part={lateProgress} props={{ progress: part.progress, isOpen }} />
      )}
      {isOpen && canOpen && <Late part={lateDetails} props={{ part }} />}
      {isAsking && <Late key={part.approvalId} part={lateCard} props={{ part, onDecide }} />}
    </div>
  )
})

/** When the card in which the keyboard was goes, the keyboard goes on from the row that it belonged to. */
function useKeptFocus(row: RefObject<HTMLElement | null>, head: RefObject<HTMLButtonElement | null>, isAsking: boolean): void {
  const wasInside = useRef(false)
  useEffect(() => {
    const element = row.current
    if (!isAsking || !element) return
    const note = () => {
      wasInside.current = element.contains(document.activeElement)
    }
    // An element that is removed tells nobody that it lost the focus.
    document.addEventListener('focusin', note)
    return () => {
      document.removeEventListener('focusin', note)
      if (wasInside.current && document.activeElement === document.body) head.current?.focus({ preventScroll: true })
      wasInside.current = false
    }
  }, [row, head, isAsking])
}
