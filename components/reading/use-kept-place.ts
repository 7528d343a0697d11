'use client'
import { useEffect, useLayoutEffect } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { shapeOf } from '#lib/client/shape.ts'
import { anchorIn, linkedMessage } from './linked-message.ts'
import type { Reading } from './use-reading.ts'

const keyOf = (sessionId: string) => `rill:place:${sessionId}`

/**
 * Where a reader was in a conversation, in this tab, they are again after a reload and when they come back to it; a link to a heading
 * or a footnote leads there, drawn or not.
 */
export function useKeptPlace(sessionId: string, store: SessionStore, { place, reveal }: Reading): void {
  useEffect(() => {
    let isLeft = false
    const go = (id: string, arrive: () => void) =>
      void store.loadBackTo(id).then((isThere) => {
        if (isThere) requestAnimationFrame(() => !isLeft && arrive())
      })
    const follow = () => {
      const link = anchorIn(location.hash)
      const id = linkedMessage(link)
      if (id !== null)
        go(id, () => {
          reveal(id)
          const target = document.getElementById(link)
          const item = place.elementOf(id)
          if (target && item) reveal(id, Math.round(item.getBoundingClientRect().top - target.getBoundingClientRect().top))
        })
    }
    // What is drawn the browser goes to by itself.
    const onHash = () => !document.getElementById(anchorIn(location.hash)) && follow()
    const kept = readPlace(sessionId)
    if (kept) go(kept.id, () => reveal(kept.id, kept.offset))
    else follow()
    window.addEventListener('hashchange', onHash)
    return () => {
      isLeft = true
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
