'use client'
import { useState } from 'react'
import { Icon } from '../ui/icon.tsx'
import { Late, latePart } from '../ui/late.tsx'

const latePanel = latePart(async () => (await import('./telling-panel.tsx')).TellingPanel)

/** The way to notifications. */
export function TellingEntry() {
  const [isOpen, setIsOpen] = useState(false)
  return (
    <>
      <button type="button" className="icon-button" aria-label="Notifications" aria-haspopup="dialog" onClick={() => setIsOpen(true)}>
        <Icon name="bell" />
      </button>
      {isOpen && <Late part={latePanel} props={{ onClose: () => setIsOpen(false) }} />}
    </>
  )
}
