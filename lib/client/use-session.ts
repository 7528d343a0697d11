'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'
import { api } from './api.ts'
import { follow } from './others.ts'
import { createSessionStore, type SessionStore, type SessionView } from './session-store.ts'

/** How long a hidden page keeps its connection: a browser has six to a host. */
const HIDDEN_MS = 5_000

/** A session's store, connected while the page is shown. */
export function useSession(initial: SessionState): [SessionView, SessionStore] {
  const [store] = useState(() => createSessionStore({ initial, api, follow }))
  const view = useSyncExternalStore(store.subscribe, store.get, store.get)
  useEffect(() => connectWhileShown(store), [store])
  return [view, store]
}

function connectWhileShown(store: SessionStore): () => void {
  let disconnect = document.hidden ? undefined : store.connect()
  let timer: ReturnType<typeof setTimeout> | undefined
  const leave = () => {
    disconnect?.()
    disconnect = undefined
  }
  const onVisibility = () => {
    clearTimeout(timer)
    if (document.hidden) timer = setTimeout(leave, HIDDEN_MS)
    else disconnect ??= store.connect()
  }
  document.addEventListener('visibilitychange', onVisibility)
  return () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisibility)
    leave()
  }
}
