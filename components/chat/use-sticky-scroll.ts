'use client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { sticksAfter } from './sticky.ts'

export interface StickyScroll {
  /** The element that scrolls. */
  scroller: RefObject<HTMLDivElement | null>
  /** The element inside it that grows. */
  content: RefObject<HTMLDivElement | null>
  isAtEnd: boolean
  toEnd: () => void
}

/**
 * Stays at the end while the content grows, until the reader scrolls up; takes hold again when the reader returns. When content is
 * put in at the top, which `firstId` tells, the reader keeps their place.
 */
export function useStickyScroll(firstId: string | undefined): StickyScroll {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticks = useRef(true)
  /** How far the view was from the end when last looked at. */
  const left = useRef(0)
  const [isAtEnd, setIsAtEnd] = useState(true)

  const toEnd = useCallback(() => {
    sticks.current = true
    left.current = 0
    setIsAtEnd(true)
    if (scroller.current) scroller.current.scrollTop = scroller.current.scrollHeight
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when content was put in at the top, and at first
  useLayoutEffect(() => {
    const element = scroller.current
    if (element) element.scrollTop = element.scrollHeight - element.clientHeight - left.current
  }, [firstId])

  useEffect(() => {
    const element = scroller.current
    const growing = content.current
    if (!element || !growing) return
    let before = element.scrollTop
    const look = () => {
      left.current = Math.max(0, element.scrollHeight - element.clientHeight - element.scrollTop)
    }
    const onScroll = () => {
      look()
      sticks.current = sticksAfter(sticks.current, { before, now: element.scrollTop, left: left.current })
      before = element.scrollTop
      setIsAtEnd(sticks.current)
    }
    const follow = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight
      look()
    })
    follow.observe(growing)
    follow.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    return () => {
      follow.disconnect()
      element.removeEventListener('scroll', onScroll)
    }
  }, [])

  return { scroller, content, isAtEnd, toEnd }
}
