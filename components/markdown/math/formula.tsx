import { memo, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { draw } from './katex.ts'

type Draw = typeof draw

/** KaTeX, from the first formula of the page on. */
let loaded: Draw | undefined

/** A formula; its source, until KaTeX is there, and where it cannot be read. */
export const Formula = memo(function Formula({ source, isDisplay }: { source: string; isDisplay: boolean }) {
  const draw = useKatex()
  const ref = useRef<HTMLSpanElement>(null)
  const [unreadable, setUnreadable] = useState<string | null>(null)
  const isShown = draw !== undefined && unreadable !== source
  useLayoutEffect(() => {
    if (isShown && ref.current && !draw(source, ref.current, isDisplay)) setUnreadable(source)
  }, [draw, isShown, source, isDisplay])
  const formula = isShown ? <span key="formula" ref={ref} /> : <code key="source">{source}</code>
  if (!isDisplay) return formula
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <span className="formula" tabIndex={0}>
      {formula}
    </span>
  )
})

function useKatex(): Draw | undefined {
  const [draw, setDraw] = useState(() => loaded)
  useEffect(() => {
    if (loaded) return
    let isWanted = true
    void import('./katex.ts').then((module) => {
      loaded = module.draw
      if (isWanted) setDraw(() => module.draw)
    }, keepSource)
    return () => {
      isWanted = false
    }
  }, [])
  return draw ?? loaded
}

/** What could not be loaded is tried again with the next formula. */
function keepSource(): void {}
