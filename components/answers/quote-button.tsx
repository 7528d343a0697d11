'use client'
import { useEffect, useState } from 'react'
import { quotationOf, selectedAnswer } from './selection.ts'

/** A selection that has not changed for so long is made. */
const STILL_MS = 200
/** So much room the button needs, in px. */
const WIDTH = 76
const HEIGHT = 40

/** Beside what is selected of an answer, by pointer or keyboard: puts it into the field as a quotation. */
export function QuoteButton({ onQuote }: { onQuote: (words: string) => void }) {
  const [at, setAt] = useState<ReturnType<typeof selectedAnswer>>(null)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => setAt(selectedAnswer())
    const lookSoon = () => {
      clearTimeout(timer)
      // What is selected no more is offered no more, at once.
      if (!selectedAnswer()) setAt(null)
      timer = setTimeout(look, STILL_MS)
    }
    lookSoon()
    document.addEventListener('selectionchange', lookSoon)
    document.addEventListener('scroll', look, { capture: true, passive: true })
    window.addEventListener('resize', look)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('selectionchange', lookSoon)
      document.removeEventListener('scroll', look, { capture: true })
      window.removeEventListener('resize', look)
    }
  }, [])
  if (!at) return null
  const left = `max(8px + env(safe-area-inset-left), min(${at.left - WIDTH / 2}px, ${innerWidth - WIDTH - 8}px - env(safe-area-inset-right)))`
  const top = `min(${at.top + 6}px, ${innerHeight - HEIGHT}px - env(safe-area-inset-bottom))`
  return (
    <button
      type="button"
      className="button quote-button"
      style={{ left, top }}
      onClick={() => {
        setAt(null)
        getSelection()?.removeAllRanges()
        onQuote(quotationOf(at.text))
      }}
    >
      Quote
    </button>
  )
}
