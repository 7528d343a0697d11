'use client'
import { useEffect, useRef } from 'react'
import type { Drawer } from './touch.ts'

/** What fingers need, loaded where there are some: a swipe for the drawer, and room above the keyboard. */
export function useTouch(drawer: Drawer): void {
  const latest = useRef(drawer)
  useEffect(() => {
    latest.current = drawer
  }, [drawer])
  useEffect(() => {
    if (!window.matchMedia('(any-pointer: coarse)').matches) return
    const left = new AbortController()
    void import('./touch.ts').then(({ followTouch }) => followTouch(() => latest.current, left.signal))
    return () => left.abort()
  }, [])
}
