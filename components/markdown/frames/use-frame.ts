import { type RefObject, useEffect, useRef, useState } from 'react'

/** What a frame says about itself: it waits for its source, it has drawn, it cannot. */
export interface FrameState {
  state: 'loading' | 'ready' | 'drawn' | 'failed'
  width?: number
  height?: number
}

const SHOWN = new Set(['ready', 'drawn', 'failed'])

/** Listens to a sandboxed frame; one that says nothing for `limitMs` after it has loaded has failed. */
export function useFrame(limitMs: number): { ref: RefObject<HTMLIFrameElement | null>; frame: FrameState; onLoad: () => void } {
  const ref = useRef<HTMLIFrameElement>(null)
  const [frame, setFrame] = useState<FrameState>({ state: 'loading' })
  const [isLoaded, setLoaded] = useState(false)
  useEffect(() => {
    const onMessage = ({ source, data }: MessageEvent) => {
      if (source && source === ref.current?.contentWindow && SHOWN.has(data?.state)) setFrame(data as FrameState)
    }
    window.addEventListener('message', onMessage)
    return () => window.removeEventListener('message', onMessage)
  }, [])
  const isOver = frame.state === 'drawn' || frame.state === 'failed'
  useEffect(() => {
    if (!isLoaded || isOver) return
    const timer = setTimeout(() => setFrame({ state: 'failed' }), limitMs)
    return () => clearTimeout(timer)
  }, [isLoaded, isOver, limitMs])
  return { ref, frame, onLoad: () => setLoaded(true) }
}
