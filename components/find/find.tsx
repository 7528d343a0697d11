'use client'
import { lazy, Suspense, useEffect, useState } from 'react'
import type { FindProps } from './find-bar.tsx'

/** Loaded when it is first opened. */
const FindBar = lazy(async () => ({ default: (await import('./find-bar.tsx')).FindBar }))

/** Ctrl or Cmd with F opens the page's own bar: the browser's finds only what is drawn. From within the bar it opens the browser's. */
export function Find(props: FindProps) {
  const [isOpen, setIsOpen] = useState(false)
  /** Counts the openings, so that the field takes the focus again. */
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'f' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      if (event.target instanceof Element && event.target.closest('.find')) return
      event.preventDefault()
      setIsOpen(true)
      setAsked((before) => before + 1)
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  return <Suspense>{isOpen && <FindBar {...props} asked={asked} onClose={() => setIsOpen(false)} />}</Suspense>
}
