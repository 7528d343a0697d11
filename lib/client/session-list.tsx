'use client'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import { type SessionInfo, toAppError } from '#lib/protocol/index.ts'
import { api, type ListedSession, type SessionPage } from './api.ts'

export interface SessionList {
  sessions: ListedSession[]
  hasMore: boolean
  /** The session that was deleted last and can still be brought back. */
  deleted: SessionInfo | null
  problem: string | null
  refresh(): Promise<void>
  loadMore(): Promise<void>
  rename(sessionId: string, title: string): Promise<void>
  remove(session: SessionInfo): Promise<void>
  undo(): Promise<void>
  dismiss(): void
}

const Context = createContext<SessionList | null>(null)

/** How long the offer to undo a deletion stands. */
const UNDO_MS = 10_000

/** The visitor's sessions, for all of the page. Refreshed after what is done here, and when the page is looked at again. */
export function SessionListProvider({ initial, children }: { initial: SessionPage; children: ReactNode }) {
  const [page, setPage] = useState(initial)
  const [deleted, setDeleted] = useState<SessionInfo | null>(null)
  const [problem, setProblem] = useState<string | null>(null)

  const attempt = useCallback(async (work: () => Promise<void>) => {
    try {
      setProblem(null)
      await work()
    } catch (error) {
      setProblem(toAppError(error).message)
    }
  }, [])
  const refresh = useCallback(() => attempt(async () => setPage(await api.listSessions())), [attempt])

  useEffect(() => {
    const onFocus = () => void refresh()
    window.addEventListener('focus', onFocus)
    return () => window.removeEventListener('focus', onFocus)
  }, [refresh])

  useEffect(() => {
    if (!deleted) return
    const timer = setTimeout(() => setDeleted(null), UNDO_MS)
    return () => clearTimeout(timer)
  }, [deleted])

  const list = useMemo<SessionList>(
    () => ({
      sessions: page.sessions,
      hasMore: page.nextCursor !== null,
      deleted,
      problem,
      refresh,
      loadMore: () =>
        attempt(async () => {
          if (page.nextCursor === null) return
          const next = await api.listSessions(page.nextCursor)
          setPage({ sessions: [...page.sessions, ...next.sessions], nextCursor: next.nextCursor })
        }),
      rename: (sessionId, title) =>
        attempt(async () => {
          const renamed = await api.renameSession(sessionId, title)
          setPage((old) => ({ ...old, sessions: old.sessions.map((one) => (one.id === sessionId ? { ...one, ...renamed } : one)) }))
        }),
      remove: (session) =>
        attempt(async () => {
          await api.deleteSession(session.id)
          setPage((old) => ({ ...old, sessions: old.sessions.filter((one) => one.id !== session.id) }))
          setDeleted(session)
        }),
      undo: () =>
        attempt(async () => {
          if (!deleted) return
          await api.restoreSession(deleted.id)
          setDeleted(null)
          setPage(await api.listSessions())
        }),
      dismiss: () => setProblem(null),
    }),
    [page, deleted, problem, refresh, attempt],
  )
  return <Context value={list}>{children}</Context>
}

export function useSessionList(): SessionList {
  const list = use(Context)
  if (!list) throw new TypeError('useSessionList needs a SessionListProvider above it.')
  return list
}
