'use client'
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Nearer to the end than this, in px, counts as at the end. */
const NEAR = 48

export interface StickyScroll {
  /** The element that scrolls. */
  scroller: RefObject<HTMLDivElement | null>
  /** The element inside it that grows. */
  content: RefObject<HTMLDivElement | null>
  isAtEnd: boolean
  toEnd: () => void
}

/** Stays at the end while the content grows, until the reader scrolls up; takes hold again when the reader returns. */
export function useStickyScroll(): StickyScroll {
  const scroller = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const sticks = useRef(true)
  const [isAtEnd, setIsAtEnd] = useState(true)

  const toEnd = useCallback(() => {
    const element = scroller.current
    if (!element) return
    sticks.current = true
    setIsAtEnd(true)
    element.scrollTop = element.scrollHeight
  }, [])

  useLayoutEffect(() => toEnd(), [toEnd])

  useEffect(() => {
    const element = scroller.current
    const growing = content.current
    if (!element || !growing) return
    let lastTop = element.scrollTop
    const onScroll = () => {
      const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR
      // Only the reader moves up; content that grows below does not.
      if (element.scrollTop < lastTop - 2 && !isNear) sticks.current = false
      else if (isNear) sticks.current = true
      lastTop = element.scrollTop
      setIsAtEnd(isNear || sticks.current)
    }
    const onWheel = (event: WheelEvent) => {
      if (event.deltaY < 0 && element.scrollHeight > element.clientHeight) sticks.current = false
    }
    const follow = new ResizeObserver(() => {
      if (sticks.current) element.scrollTop = element.scrollHeight
    })
    follow.observe(growing)
    follow.observe(element)
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('wheel', onWheel, { passive: true })
    return () => {
      follow.disconnect()
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('wheel', onWheel)
    }
  }, [])

  return { scroller, content, isAtEnd, toEnd }
}
