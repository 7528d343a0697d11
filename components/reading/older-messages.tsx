'use client'
import { useEffect, useRef } from 'react'

export interface OlderMessagesProps {
  /** The first message that is there. */
  firstId: string | undefined
  isLoading: boolean
  onLoad: () => Promise<void>
}

/** Loads the page before when it comes near, and by a press for those who do not scroll. */
export function OlderMessages({ firstId, isLoading, onLoad }: OlderMessagesProps) {
  const button = useRef<HTMLButtonElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: looked at anew after each page, which may not have filled the view
  useEffect(() => {
    if (!button.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void onLoad()
      },
      { root: button.current.closest('.scroller'), rootMargin: '3000px 0px 0px' },
    )
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [onLoad, firstId])
  return (
    <button ref={button} type="button" className="quiet-button self-center" aria-disabled={isLoading} onClick={() => void onLoad()}>
      {isLoading ? 'Loading…' : 'Show older messages'}
    </button>
  )
}
