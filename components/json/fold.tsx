'use client'
import { type ReactNode, useState } from 'react'

export interface FoldProps {
  label: ReactNode
  /** Whether it begins open. */
  isOpen: boolean
  /** Draws what is in it. Is called while it is open only. */
  children: () => ReactNode
}

/** A `details` whose content is not drawn while it is closed. */
export function Fold({ label, isOpen: beginsOpen, children }: FoldProps) {
  const [isOpen, setIsOpen] = useState(beginsOpen)
  return (
    <details open={isOpen} onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>{label}</summary>
      {isOpen && <div className="json-children">{children()}</div>}
    </details>
  )
}
