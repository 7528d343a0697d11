import { memo, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { HighlightedCode } from './highlighted-code.ts'
import type { Line } from './highlighter.ts'

interface CodePieceProps {
  text: string
  index: number
  colours: HighlightedCode | undefined
}

/** Some lines, in the colours that are known by now. Far from the screen they have none: a long block would fill the page with elements. */
export const CodePiece = memo(function CodePiece({ text, index, colours }: CodePieceProps) {
  const ref = useRef<HTMLSpanElement>(null)
  const isFar = useIsFar(ref)
  const lines = useSyncExternalStore(
    colours?.subscribe ?? neverChanges,
    () => colours?.linesOf(index),
    () => undefined,
  )
  return (
    <span ref={ref} className="code-piece">
      {lines && !isFar ? <Coloured text={text} lines={lines} /> : text}
    </span>
  )
})

const neverChanges = () => () => undefined

function useIsFar(ref: React.RefObject<HTMLElement | null>): boolean {
  const [isFar, setFar] = useState(false)
  useEffect(() => {
    const piece = ref.current
    const onChange = (event: Event) => setFar((event as ContentVisibilityAutoStateChangeEvent).skipped)
    piece?.addEventListener('contentvisibilityautostatechange', onChange)
    return () => piece?.removeEventListener('contentvisibilityautostatechange', onChange)
  }, [ref])
  return isFar
}

/** What came after the colours were told stands after them as it is; where they do not fit any more, all of it does. */
function Coloured({ text, lines }: { text: string; lines: readonly Line[] }) {
  const coloured = lines.map((line) => line.map((run) => run.text).join('')).join('\n')
  if (!text.startsWith(coloured)) return text
  return (
    <>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines do not move
        <CodeLine key={index} line={line} isFirst={index === 0} />
      ))}
      {text.slice(coloured.length)}
    </>
  )
}

const CodeLine = memo(function CodeLine({ line, isFirst }: { line: Line; isFirst: boolean }) {
  return (
    <>
      {isFirst ? '' : '\n'}
      {line.map(({ kind, text }, index) =>
        kind === null ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: what stands in a line does not move
          <span key={index} className={`code-${kind}`}>
            {text}
          </span>
        ),
      )}
    </>
  )
})
