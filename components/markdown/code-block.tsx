import { memo, useState } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import { CodeLines } from './code-lines.ts'

/** Code with its language and a button that copies it. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [lines] = useState(() => new CodeLines())
  const name = language.split(/\s/, 1)[0] || 'text'
  return (
    <figure className="code-block overflow-hidden rounded-block border border-hair bg-raised" aria-label={`Code, ${name}`}>
      <figcaption className="flex items-center justify-between border-hair border-b bg-sunk py-1 pr-2 pl-3.5 text-small text-soft">
        <span className="min-w-0 truncate font-mono">{name}</span>
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="overflow-x-auto px-3.5 py-3 font-mono text-code" tabIndex={0}>
        <code>
          {lines.update(code).map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces do not move
            <Piece key={index} text={piece} />
          ))}
        </code>
      </pre>
    </figure>
  )
}

const Piece = memo(function Piece({ text }: { text: string }) {
  return <span className="code-piece">{text}</span>
})
