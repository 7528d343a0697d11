'use client'
import { useRouter } from 'next/navigation'
import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { type ListedSession, type SessionPage, toAppError } from '#lib/protocol/index.ts'
import { api } from './api.ts'
import { loadLate } from './load-late.ts'
import { withFirstPage, withNextPage } from './session-page.ts'

export interface SessionList {
  sessions: SessionPage['sessions']
  hasMore: boolean
  /** The session that was deleted last and can still be brought back. */
  deleted: ListedSession | null
  problem: string | null
  /** Asks for the list, unless it is told what changes. */
  refresh(): Promise<void>
  loadMore(): Promise<void>
  rename(sessionId: string, title: string): Promise<void>
  remove(session: ListedSession): Promise<void>
  undo(): Promise<void>
  /** What was deleted is not offered back any more. */
  forget(): void
  dismiss(): void
}

const Context = createContext<SessionList | null>(null)

/** How often the list is asked again while a session in it is working. */
const WORKING_MS = 4_000

/**
 * The visitor's sessions, for all of the page. The server tells what changes; until it does, and where streams are held back, the
 * list is asked for after what is done here, when the page is looked at again, and while a session in it is working.
 */
export function SessionListProvider({ initial, children }: { initial: SessionPage; children: ReactNode }) {
  const [page, setPage] = useState(initial)
  const [deleted, setDeleted] = useState<ListedSession | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const isWorking = page.sessions.some((session) => session.active)
  const isLive = useRef(false)
  const [ask, change] = useRefresh(setPage)
  const refresh = useCallback(async () => {
    if (!isLive.current) await ask()
  }, [ask])
  useLive(change, isLive, isWorking)

  useEffect(() => {
    const onFocus = () => void refresh()
    window.addEventListener('focus', onFocus)
    return () => window.removeEventListener('focus', onFocus)
  }, [refresh])

  useEffect(() => {
    if (!isWorking) return
    const timer = setInterval(() => {
      if (!document.hidden) void refresh()
    }, WORKING_MS)
    return () => clearInterval(timer)
  }, [isWorking, refresh])

  const list = useMemo<SessionList>(() => {
    /** Does what the user asked for; a failure is shown, not thrown. */
    async function attempt(work: () => Promise<void>): Promise<void> {
      setProblem(null)
      try {
        await work()
      } catch (error) {
        setProblem(toAppError(error).message)
      }
    }
    return {
      sessions: page.sessions,
      hasMore: page.nextCursor !== null,
      deleted,
      problem,
      refresh,
      loadMore: () =>
        attempt(async () => {
          if (page.nextCursor === null) return
          const next = await api.listSessions(page.nextCursor)
          setPage((old) => withNextPage(old, next))
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
          // An answer that was asked for before the deletion must not bring it back.
          await ask()
        }),
      undo: () =>
        attempt(async () => {
          if (!deleted) return
          await api.restoreSession(deleted.id)
          setDeleted(null)
          await ask()
        }),
      forget: () => setDeleted(null),
      dismiss: () => setProblem(null),
    }
  }, [page, deleted, problem, refresh, ask])
  return <Context value={list}>{children}</Context>
}

type Change = (change: (old: SessionPage) => SessionPage) => void

/**
 * Asks for the first page again. Of answers that overtake each other, the last asked counts, and none that was asked before a
 * change; a failure leaves the list as it is.
 */
function useRefresh(setPage: Change): [ask: () => Promise<void>, change: Change] {
  const asked = useRef(0)
  const change = useCallback<Change>(
    (next) => {
      asked.current += 1
      setPage(next)
    },
    [setPage],
  )
  const ask = useCallback(async () => {
    asked.current += 1
    const mine = asked.current
    try {
      const first = await api.listSessions()
      if (mine === asked.current) setPage((old) => withFirstPage(old, first))
    } catch {
      // Nobody asked for it: the next one comes soon, and the open session says when the server is away.
    }
  }, [setPage])
  return [ask, change]
}

/** What that takes is loaded after the page. */
function useLive(setPage: Change, isLive: { current: boolean }, isWorkingNow: boolean): void {
  const isWorking = useRef(isWorkingNow)
  useEffect(() => {
    isWorking.current = isWorkingNow
  }, [isWorkingNow])
  const router = useRouter()
  useEffect(() => {
    const leave = new AbortController()
    const options = {
      setPage,
      setLive(next: boolean) {
        isLive.current = next
      },
      isWorking: () => isWorking.current,
      openSession: (sessionId: string) => router.push(`/chat/${sessionId}`),
    }
    loadLate(() => import('./live/live-list.ts')).then(
      ({ keepListLive }) => leave.signal.aborted || keepListLive(options, leave.signal),
      () => {
        // Then the list is asked for, as before.
      },
    )
    return () => leave.abort()
  }, [setPage, isLive, router])
}

export function useSessionList(): SessionList {
  const list = use(Context)
  if (!list) throw new TypeError('useSessionList needs a SessionListProvider above it.')
  return list
}
