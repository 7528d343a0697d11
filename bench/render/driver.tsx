import type { ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot, type Root } from 'react-dom/client'
import { type Kind, TEXTS } from './texts.ts'

export interface Drawn {
  /** Milliseconds of each drawing: script, style and layout, forced at once. */
  draws: number[]
  /** Milliseconds of each long task. */
  longTasks: number[]
  /** Frames that a screen of 60 Hz would have shown besides. */
  droppedFrames: number
  chunks: number
}

declare global {
  interface Window {
    bench: { open(kind: Kind, length: number): Promise<void>; stream(ms: number): Promise<Drawn>; close(): void }
  }
}

const PER_SECOND = 300
const FRAME_MS = 1000 / 60
/** About what a token is long. */
const CHUNK = 4

/** Draws an answer in a page that follows its end, first `length` characters at once, then at 300 tokens a second. */
export function drive(draw: (text: string) => ReactNode): void {
  const scroller = document.getElementById('scroller') as HTMLElement
  let root: Root | undefined
  let whole = ''
  let text = ''

  function show(): void {
    flushSync(() => root?.render(draw(text)))
    scroller.scrollTop = scroller.scrollHeight
  }

  window.bench = {
    async open(kind, length) {
      whole = TEXTS[kind](length + 100_000)
      root = createRoot(document.getElementById('root') as HTMLElement)
      text = whole.slice(0, length)
      show()
      await idle()
    },
    async stream(ms) {
      const from = text.length
      const drawn: Drawn = { draws: [], longTasks: [], droppedFrames: 0, chunks: 0 }
      const observer = new PerformanceObserver((list) => {
        for (const { duration } of list.getEntries()) drawn.longTasks.push(duration)
      })
      observer.observe({ type: 'longtask' })
      const began = await frame()
      for (let last = began, now = began; now - began < ms; ) {
        last = now
        now = await frame()
        drawn.droppedFrames += Math.max(0, Math.round((now - last) / FRAME_MS) - 1)
        const due = Math.floor(((now - began) / 1000) * PER_SECOND)
        if (due === drawn.chunks) continue
        // As a store does: what came is added to what was there.
        text += whole.slice(from + drawn.chunks * CHUNK, from + due * CHUNK)
        drawn.chunks = due
        const before = performance.now()
        show()
        drawn.draws.push(performance.now() - before)
      }
      await idle()
      observer.disconnect()
      return drawn
    },
    close() {
      root?.unmount()
      root = undefined
      text = ''
      whole = ''
    },
  }
}

const frame = () => new Promise<number>((resolve) => requestAnimationFrame(resolve))
const idle = () => new Promise<void>((resolve) => requestIdleCallback(() => resolve(), { timeout: 5_000 }))
