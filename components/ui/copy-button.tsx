'use client'
import { useEffect, useState } from 'react'

type Outcome = 'copied' | 'refused'

/** Copies a text (or what it is when it is asked for), and says for two seconds whether it worked. */
export function CopyButton({ text, label = 'Copy' }: { text: string | (() => string); label?: string }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null)
  useEffect(() => {
    if (!outcome) return
    const timer = setTimeout(() => setOutcome(null), 2_000)
    return () => clearTimeout(timer)
  }, [outcome])
  const copy = () =>
    navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    )
  const shown = outcome === 'copied' ? 'Copied' : outcome === 'refused' ? 'Not allowed' : 'Copy'
  return (
    <button type="button" className="quiet-button" aria-label={outcome ? shown : label} onClick={copy}>
      {shown}
    </button>
  )
}
