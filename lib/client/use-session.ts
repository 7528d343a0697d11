'use client'
import { useEffect, useState, useSyncExternalStore } from 'react'
import type { SessionState } from '#lib/protocol/index.ts'
import { api } from './api.ts'
import { follow } from './others.ts'
import { createSessionStore, type SessionStore, type SessionView } from './session-store.ts'
import { whileShown } from './while-shown.ts'

/** A session's store, connected while the page is shown. */
export function useSession(initial: SessionState): [SessionView, SessionStore] {
  const [store] = useState(() => createSessionStore({ initial, api, follow }))
  const view = useSyncExternalStore(store.subscribe, store.get, store.get)
  useEffect(() => whileShown(store.connect), [store])
  return [view, store]
}
