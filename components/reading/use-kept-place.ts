'use client'
import { useEffect, useLayoutEffect } from 'react'
import type { SessionStore } from '#lib/client/index.ts'
import { shapeOf } from '#lib/client/shape.ts'
import type { Reading } from './use-reading.ts'

const keyOf = (sessionId: string) => `rill:place:${sessionId}`

/** Where a reader was in a conversation, in this tab, they are again after a reload and when they come back to it. */
export function useKeptPlace(sessionId: string, store: SessionStore, { place, reveal }: Reading): void {
  useEffect(() => {
    const kept = readPlace(sessionId)
    if (!kept) return
    let isLeft = false
    void store.loadBackTo(kept.id).then((isThere) => {
      if (isThere) requestAnimationFrame(() => !isLeft && reveal(kept.id, kept.offset))
    })
    return () => {
      isLeft = true
    }
  }, [sessionId, store, reveal])
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
