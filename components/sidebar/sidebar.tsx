'use client'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { useEffect } from 'react'
import { useSessionList } from '#lib/client/index.ts'
import { Mark } from '../ui/icon.tsx'
import { useGroups } from './groups.ts'
import { SessionRow } from './session-row.tsx'

/** The visitor's sessions, by day, with a way to begin another. */
export function Sidebar() {
  const list = useSessionList()
  const router = useRouter()
  const openId = usePathname().split('/')[2] ?? null
  const groups = useGroups(list.sessions)

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'j' || !(event.ctrlKey || event.metaKey) || event.altKey) return
      event.preventDefault()
      router.push('/')
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [router])

  return (
    <>
      <Link
        href="/"
        className="flex items-center gap-2 rounded-control px-2 pt-1 pb-3 font-semibold tracking-tight"
        aria-label="Rill, new session"
      >
        <Mark />
        Rill
      </Link>
      <Link href="/" className="flex items-center justify-between rounded-block border border-hair bg-raised px-2.5 py-2 font-medium">
        New session
        <kbd className="key">Ctrl J</kbd>
      </Link>
      <nav className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1" aria-label="Sessions">
        {groups.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h2 className="px-2.5 pt-3.5 pb-1 text-[12px] text-soft">{group.name}</h2>
            <ul>
              {group.sessions.map((session) => (
                <SessionRow key={session.id} session={session} isOpen={session.id === openId} />
              ))}
            </ul>
          </section>
        ))}
        {list.hasMore && (
          <button type="button" className="quiet-button mt-2 ml-1" onClick={() => void list.loadMore()}>
            Show more
          </button>
        )}
      </nav>
      <Toast />
      <div className="flex items-center gap-2.5 border-hair border-t px-2.5 pt-3 pb-1 text-soft">
        <span
          className="grid size-6 place-items-center rounded-full bg-stream-wash font-semibold text-[11px] text-stream-ink"
          aria-hidden="true"
        >
          G
        </span>
        Guest
      </div>
    </>
  )
}

/** What was deleted can be brought back for a while; what went wrong is said. */
function Toast() {
  const { deleted, problem, undo, dismiss } = useSessionList()
  if (problem) {
    return (
      <p className="toast" role="alert">
        <span className="min-w-0 text-bad">{problem}</span>
        <button type="button" className="quiet-button ml-auto" onClick={dismiss}>
          Close
        </button>
      </p>
    )
  }
  if (!deleted) return null
  return (
    <p className="toast" role="status">
      <span className="min-w-0 truncate">Deleted “{deleted.title ?? 'New session'}”</span>
      <button type="button" className="quiet-button ml-auto font-medium" onClick={() => void undo()}>
        Undo
      </button>
    </p>
  )
}
