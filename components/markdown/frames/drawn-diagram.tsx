import { useEffect } from 'react'
import { useFrame } from './use-frame.ts'

/** Milliseconds that a diagram may take from when its frame is there. */
const LIMIT_MS = 10_000

interface DrawnDiagramProps {
  source: string
  isDark: boolean
  onFail: () => void
}

/** The frame has an origin of its own and loads nothing but the library: what a model writes can act in it on nothing. */
export function DrawnDiagram({ source, isDark, onFail }: DrawnDiagramProps) {
  const { ref, frame, onLoad } = useFrame(LIMIT_MS)
  const { state } = frame
  useEffect(() => {
    if (state === 'ready') ref.current?.contentWindow?.postMessage({ source, isDark }, '*')
    if (state === 'failed') onFail()
  }, [state, source, isDark, onFail, ref])
  return (
    <iframe
      ref={ref}
      src="/api/frames/diagram"
      sandbox="allow-scripts"
      referrerPolicy="no-referrer"
      loading="lazy"
      title="Diagram"
      data-drawn={state === 'drawn' || undefined}
      onLoad={onLoad}
    />
  )
}
