'use client'
import { useEffect, useLayoutEffect } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { shapeOf } from '#lib/client/shape.ts'
import { anchorIn, linkedMessage } from './linked-message.ts'
import type { Reading } from './use-reading.ts'

const keyOf = (sessionId: string) => `rill:place:${sessionId}`

/** What a reader does who begins to read or to write. */
const ACTS = ['wheel', 'touchmove', 'keydown', 'pointerdown'] as const

/** True until the first conversation of this load of the page was opened. */
let isFirst = true

/**
 * Where a reader was in a conversation, in this tab, they are again after a reload and when they come back to it; a link to a heading
 * or a footnote leads there, drawn or not. Who begins to read meanwhile is left where they are.
 */
export function useKeptPlace(sessionId: string, store: SessionStore, { place, reveal }: Reading): void {
  useEffect(() => {
    let way = new AbortController()
    const leave = () => way.abort()
    const go = async (id: string, arrive: () => void, isPast?: (first: string) => boolean) => {
      way.abort()
      way = new AbortController()
      const { signal } = way
      for (const act of ACTS) window.addEventListener(act, leave, { signal, capture: true, passive: true })
      const isThere = await store.loadBackTo(id, { signal, ...(isPast && { isPast }) })
      if (isThere) await new Promise(requestAnimationFrame)
      if (isThere && !signal.aborted) arrive()
      way.abort()
    }
    const follow = () => {
      const link = anchorIn(location.hash)
      const id = linkedMessage(link)
      if (id === null) return false
      void go(id, () => {
        reveal(id)
        const target = document.getElementById(link)
        const item = place.elementOf(id)
        if (target && item) reveal(id, Math.round(item.getBoundingClientRect().top - target.getBoundingClientRect().top))
      })
      return true
    }
    const goBack = () => {
      const kept = readPlace(sessionId)
      if (!kept) return false
      // Ids of messages sort by their time: one that is younger than what was loaded before it is on another branch, or deleted.
      const isPast = (first: string) => {
        const isOver = first < kept.id
        if (isOver) writePlace(sessionId, null)
        return isOver
      }
      void go(kept.id, () => reveal(kept.id, kept.offset), isPast)
      return true
    }
    // What is drawn the browser goes to by itself.
    const onHash = () => !document.getElementById(anchorIn(location.hash)) && follow()
    const isLink = isFirst && isFreshlyOpened()
    isFirst = false
    // Who has moved already, before the page came to life, is where they want to be.
    if (place.where() === null) void (isLink ? follow() || goBack() : goBack() || follow())
    window.addEventListener('hashchange', onHash)
    return () => {
      leave()
      window.removeEventListener('hashchange', onHash)
    }
  }, [sessionId, store, place, reveal])
  // While its elements are still there.
  useLayoutEffect(() => {
    const keep = () => writePlace(sessionId, place.where())
    window.addEventListener('pagehide', keep)
    return () => {
      window.removeEventListener('pagehide', keep)
      keep()
    }
  }, [sessionId, place])
}

/** By a link or its address, and neither again nor by the way back. */
function isFreshlyOpened(): boolean {
  const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[]
  return navigation?.type === 'navigate'
}

interface KeptPlace {
  id: string
  offset: number
}

function readPlace(sessionId: string): KeptPlace | null {
  try {
    const { id, offset } = shapeOf(JSON.parse(sessionStorage.getItem(keyOf(sessionId)) ?? 'null')) ?? {}
    return typeof id === 'string' && typeof offset === 'number' ? { id, offset } : null
  } catch {
    // Storage is off in this browser, or it was written by hand.
    return null
  }
}

function writePlace(sessionId: string, kept: KeptPlace | null): void {
  try {
    if (kept) sessionStorage.setItem(keyOf(sessionId), JSON.stringify(kept))
    else sessionStorage.removeItem(keyOf(sessionId))
  } catch {
    // Storage is off in this browser, or full: the conversation opens at its end.
  }
}
