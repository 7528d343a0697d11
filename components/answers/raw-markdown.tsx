'use client'
import { blocksOf } from '../json/blocks-of.ts'
import { Words } from '../ui/words.tsx'

/** A part of an answer as it was written. The browser passes over what is out of sight of a long one. */
export function RawMarkdown({ text }: { text: string }) {
  return (
    <pre className="raw-markdown">
      {blocksOf(text).map((block, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks do not move
        <span key={index}>
          <Words text={block} />
          {'\n'}
        </span>
      ))}
    </pre>
  )
}
