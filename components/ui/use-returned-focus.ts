'use client'
import { type RefObject, useEffect, useRef } from 'react'

/** When what had the keyboard's focus has closed, and took it away with it, the keyboard goes on from `element`. */
export function useReturnedFocus(element: RefObject<HTMLElement | null>, isAway: boolean): void {
  const wasAway = useRef(false)
  useEffect(() => {
    if (wasAway.current && !isAway && document.activeElement === document.body) element.current?.focus()
    wasAway.current = isAway
  }, [element, isAway])
}
