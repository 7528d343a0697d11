'use client'
import { useEffect, useState } from 'react'
import { copy } from './copy.ts'

type Outcome = 'copied' | 'refused'

/** Copies a text (or what it is when it is asked for), and says for two seconds whether it worked. */
export function CopyButton({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), 2_000)
    return () => clearTimeout(timer)
  }, [outcome])
  const press = async () => setOutcome((await copy(typeof text === 'string' ? text : text())) ? 'copied' : 'refused')
  const shown = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not allowed' : 'Copy'
  return (
    <button type="button" className="quiet-button" aria-label={outcome ? shown : label} onClick={press}>
      {shown}
    </button>
  )
}
