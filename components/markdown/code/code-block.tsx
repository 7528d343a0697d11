import { useEffect, useMemo, useState } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { DownloadButton } from '../download-button.tsx'
import { CodeLines } from './code-lines.ts'
import { CodePiece } from './code-piece.tsx'
import { endingOf } from './endings.ts'
import { HighlightedCode } from './highlighted-code.ts'

/** Code in its colours, with its language and what can be done with it. */
export function CodeBlock({ code, language }: { code: string; language: string }) {
  const [lines] = useState(() => new CodeLines())
  const [isWrapped, setWrapped] = useState(false)
  const name = language.split(/\s/, 1)[0] || 'text'
  const pieces = lines.update(code)
  const colours = useColours(pieces, name.toLowerCase())
  return (
    <figure className="code-block overflow-hidden rounded-block border border-hair bg-raised" aria-label={`Code, ${name}`}>
      <figcaption className="flex items-center border-hair border-b bg-sunk py-1 pr-2 pl-3.5 text-small text-soft">
        <span className="mr-auto min-w-0 truncate font-mono">{name}</span>
        <button type="button" className="quiet-button" aria-pressed={isWrapped} onClick={() => setWrapped(!isWrapped)}>
          Wrap
        </button>
        <DownloadButton text={code} fileName={`code.${endingOf(name)}`} label="Download code" />
        <CopyButton text={code} label="Copy code" />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <pre className="code-scroller px-3.5 py-3 font-mono text-code" data-wrapped={isWrapped || undefined} tabIndex={0}>
        <code>
          {pieces.map((piece, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: pieces do not move
            <CodePiece key={index} text={piece} index={index} colours={colours} />
          ))}
        </code>
      </pre>
    </figure>
  )
}

const PLAIN = new Set(['text', 'txt', 'plaintext', 'plain'])

function useColours(pieces: readonly string[], language: string): HighlightedCode | undefined {
  const hasColours = !PLAIN.has(language) && pieces[0] !== ''
  const colours = useMemo(() => (hasColours ? new HighlightedCode(language) : undefined), [hasColours, language])
  useEffect(() => colours?.update(pieces), [colours, pieces])
  useEffect(() => () => colours?.close(), [colours])
  return colours
}
