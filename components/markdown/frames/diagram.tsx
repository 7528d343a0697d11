import { useState } from 'react'
import { CopyButton } from '../../ui/copy-button.tsx'
import { Late, latePart } from '../../ui/late.tsx'
import { useIsDark } from './use-is-dark.ts'

const lateDrawing = latePart(async () => (await import('./drawn-diagram.tsx')).DrawnDiagram)

/**
 * A diagram in Mermaid's language, drawn in a frame of its own once it is complete. Its source has the same room from its first line on,
 * so that nothing moves when it is drawn; where it cannot be, the source stays, in as much room as it needs.
 */
export function Diagram({ source, isComplete }: { source: string; isComplete: boolean }) {
  const [failed, setFailed] = useState<string | null>(null)
  const [isSourceShown, setSourceShown] = useState(false)
  const isDark = useIsDark()
  const hasFailed = failed === source
  const isDrawing = isComplete && !hasFailed && isDark !== null
  return (
    <figure className="code-block overflow-hidden rounded-block border border-hair bg-raised" aria-label="Diagram">
      <figcaption className="flex items-center border-hair border-b bg-sunk py-1 pr-2 pl-3.5 text-small text-soft">
        <span className="mr-auto min-w-0 truncate">{hasFailed ? 'This diagram could not be drawn' : 'Diagram'}</span>
        {isDrawing && (
          <button type="button" className="quiet-button" aria-pressed={isSourceShown} onClick={() => setSourceShown(!isSourceShown)}>
            Source
          </button>
        )}
        <CopyButton text={source} label="Copy source" />
      </figcaption>
      <div className="diagram" data-failed={hasFailed || undefined}>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
        <pre className="px-3.5 py-3 font-mono text-code" tabIndex={0}>
          {source}
        </pre>
        {isDrawing && !isSourceShown && (
          <Late key={`${isDark} ${source}`} part={lateDrawing} props={{ source, isDark, onFail: () => setFailed(source) }} />
        )}
      </div>
    </figure>
  )
}
