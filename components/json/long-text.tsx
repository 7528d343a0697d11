'use client'
import { memo, useState } from 'react'
import { Words } from '../ui/words.tsx'
import { blocksOf } from './blocks-of.ts'
import { ExactText } from './exact-text.tsx'

/** In characters: so much of a text is drawn before more is asked for. */
const FIRST = 8_000

export interface LongTextProps {
  text: string
  /** All of it, with nothing hidden: for what a person decides about. */
  isExact?: boolean
}

/** A text in a box that scrolls; the rest of a very long one is drawn when it is asked for. */
export const LongText = memo(function LongText({ text, isExact = false }: LongTextProps) {
  const [showsAll, setShowsAll] = useState(false)
  const isCut = !isExact && !showsAll && text.length > FIRST
  const blocks = blocksOf(isCut ? beginningOf(text, FIRST) : text)
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="long-text" tabIndex={0}>
        {blocks.map((block, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: blocks do not move
          <span key={index} className={blocks.length > 1 ? 'block' : undefined}>
            {isExact ? <ExactText text={block} /> : <Words text={block} />}
          </span>
        ))}
      </pre>
      {isCut && (
        <button type="button" className="quiet-button -ml-1.5" onClick={() => setShowsAll(true)}>
          Show all {text.length.toLocaleString('en')} characters
        </button>
      )}
    </>
  )
})

/** The first characters, without half a surrogate pair. */
export function beginningOf(text: string, length: number): string {
  const code = text.charCodeAt(length - 1)
  return text.slice(0, code >= 0xd800 && code <= 0xdbff ? length - 1 : length)
}
