'use client'
import { useEffect, useState } from 'react'
import { Late, latePart } from '../ui/late.tsx'

const lateButton = latePart(async () => (await import('./quote-button.tsx')).QuoteButton)

/** The offer to quote, from when something is first selected. */
export function QuoteEntry(props: { onQuote: (words: string) => void }) {
  const [isNeeded, setIsNeeded] = useState(false)
  useEffect(() => {
    const look = () => {
      if (getSelection()?.isCollapsed === false) setIsNeeded(true)
    }
    document.addEventListener('selectionchange', look)
    return () => document.removeEventListener('selectionchange', look)
  }, [])
  return isNeeded && <Late part={lateButton} props={props} />
}
