'use client'
import { useEffect, useState } from 'react'
import { Late } from '../ui/late.tsx'
import { lateAnswers } from './late-answers.ts'

/** The offer to quote, from when something is first selected. */
export function QuoteEntry({ onQuote }: { onQuote: (words: string) => void }) {
  const [isNeeded, setIsNeeded] = useState(false)
  useEffect(() => {
    const look = () => {
      if (getSelection()?.isCollapsed === false) setIsNeeded(true)
    }
    document.addEventListener('selectionchange', look)
    return () => document.removeEventListener('selectionchange', look)
  }, [])
  return isNeeded && <Late part={lateAnswers} props={{ is: 'quote', onQuote }} />
}
