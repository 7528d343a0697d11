'use client'
import { useLayoutEffect, useRef } from 'react'
import type { ToolProgress } from '#lib/protocol/index.ts'
import { Words } from '../../ui/words.tsx'

/** How far a running tool is: a bar when that is known, and what it said: the last line, or all of it in a box. */
export function ToolProgressView({ progress, isOpen }: { progress: ToolProgress; isOpen: boolean }) {
  const { text, done, total } = progress
  return (
    <>
      {done !== undefined && total !== undefined && total > 0 && (
        <progress className="tool-bar" value={Math.min(done, total)} max={total} aria-label="Progress" />
      )}
      {text !== '' && (isOpen ? <FollowedText text={text} /> : <p className="tool-last-line">{lastLineOf(text)}</p>)}
    </>
  )
}

/** Nearer to the end than this, in px, the box follows what comes. */
const NEAR = 24

/** Text that grows, in a box that follows its end unless the reader scrolled up. */
function FollowedText({ text }: { text: string }) {
  const box = useRef<HTMLPreElement>(null)
  const follows = useRef(true)
  // biome-ignore lint/correctness/useExhaustiveDependencies: follows what was added
  useLayoutEffect(() => {
    if (box.current && follows.current) box.current.scrollTop = box.current.scrollHeight
  }, [text])
  const onScroll = () => {
    const { scrollHeight = 0, clientHeight = 0, scrollTop = 0 } = box.current ?? {}
    follows.current = scrollHeight - clientHeight - scrollTop < NEAR
  }
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <pre ref={box} className="long-text tool-output" tabIndex={0} onScroll={onScroll}>
      <Words text={text} />
    </pre>
  )
}

/** The last line that says something, as far as it is shown. */
export function lastLineOf(text: string): string {
  const end = text.slice(-1_000).trimEnd()
  return end.slice(end.lastIndexOf('\n') + 1).slice(0, 300)
}
