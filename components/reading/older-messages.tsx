'use client'
import { useEffect, useRef } from 'react'

/** Loads the page before when it comes near, and by a press for those who do not scroll. */
export function OlderMessages({ isLoading, onLoad }: { isLoading: boolean; onLoad: () => Promise<void> }) {
  const button = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!button.current) return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) void onLoad()
      },
      { root: button.current.closest('.scroller'), rootMargin: '200px 0px 0px' },
    )
    observer.observe(button.current)
    return () => observer.disconnect()
  }, [onLoad])
  return (
    <button ref={button} type="button" className="quiet-button self-center" disabled={isLoading} onClick={() => void onLoad()}>
      {isLoading ? 'Loading…' : 'Show older messages'}
    </button>
  )
}
