'use client'
import { useState } from 'react'
import { Words } from '../ui/words.tsx'
import { ExactText } from './exact-text.tsx'
import { beginningOf } from './long-text.tsx'

/** In characters. */
const LONG = 400

/** A value without children in it. */
export function JsonScalar({ value, isExact }: { value: unknown; isExact: boolean }) {
  if (typeof value === 'string') return <JsonString text={value} isExact={isExact} />
  if (Array.isArray(value)) return <span className="text-faint">[]</span>
  if (typeof value === 'object' && value !== null) return <span className="text-faint">{'{}'}</span>
  return <span className="text-stream-ink">{String(value)}</span>
}

function JsonString({ text, isExact }: { text: string; isExact: boolean }) {
  const [showsAll, setShowsAll] = useState(isExact)
  const isCut = !showsAll && text.length > LONG
  const shown = isCut ? `${beginningOf(text, LONG)}…` : text
  return (
    <>
      <span className="json-string">“{isExact ? <ExactText text={shown} /> : <Words text={shown} />}”</span>
      {isCut && (
        <button type="button" className="quiet-button" onClick={() => setShowsAll(true)}>
          Show all {text.length.toLocaleString('en')} characters
        </button>
      )}
    </>
  )
}
