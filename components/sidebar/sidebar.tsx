'use client'
import Link from 'next/link'
import { usePathname, useRouter } from 'next/navigation'
import { useCallback } from 'react'
import { useSessionList } from '#lib/client/index.ts'
import { perform, useCommand } from '../commands/commands.ts'
import { McpEntry } from '../mcp/mcp-entry.tsx'
import { TellingEntry } from '../telling/telling-entry.tsx'
import { Icon, Mark } from '../ui/icon.tsx'
import { useCommandKey } from '../ui/use-command-key.ts'
import { useHydrated } from '../ui/use-hydrated.ts'
import { groupByDay } from './groups.ts'
import { SessionRow } from './session-row.tsx'

/** The visitor's sessions, by day, with a way to begin another. */
export function Sidebar() {
  const isHydrated = useHydrated()
  const key = useCommandKey()
  const router = useRouter()
  useCommand(
    'new',
    useCallback(() => router.push('/'), [router]),
  )
  return (
    <>
      <div className="flex items-center justify-between pr-1">
        <Link
          href="/"
          className="flex items-center gap-2 rounded-control px-2 pt-1 pb-1 font-semibold text-read tracking-tight"
          aria-label="Rill, new session"
        >
          <Mark />
          Rill
        </Link>
        <button
          type="button"
          className="icon-button"
          aria-label="Commands"
          aria-haspopup="dialog"
          aria-keyshortcuts="Control+K Meta+K"
          title={`Commands (${key}K)`}
          onClick={() => perform('palette')}
        >
          <Icon name="search" />
        </button>
      </div>
      <Link
        href="/"
        className="mt-2 flex items-center justify-between rounded-block border border-hair bg-raised px-2.5 py-2 font-medium"
        aria-keyshortcuts="Control+J Meta+J"
      >
        New session
        <kbd className="key">{key.replace('+', ' ')}J</kbd>
      </Link>
      <SessionNav isHydrated={isHydrated} />
      <div className="mt-auto flex items-center gap-2.5 border-hair border-t px-2.5 pt-3 pb-1 text-soft">
        <span
          className="grid size-6 place-items-center rounded-full bg-stream-wash font-semibold text-[12px] text-stream-ink"
          aria-hidden="true"
        >
          G
        </span>
        Guest
        <McpEntry />
        <TellingEntry />
      </div>
    </>
  )
}

/** Until the page has come to life the reader's time zone is not known: then all stand in one group. */
function SessionNav({ isHydrated }: { isHydrated: boolean }) {
  const { sessions, hasMore, loadMore } = useSessionList()
  const openId = usePathname().split('/')[2] ?? null
  const groups = isHydrated ? groupByDay(sessions, new Date()) : [{ name: 'Sessions', sessions }]
  return (
    <nav className="-mx-1 min-h-0 flex-1 overflow-y-auto px-1 pb-2" aria-label="Sessions">
      {sessions.length > 0 &&
        groups.map((group) => (
          <section key={group.name} aria-label={group.name}>
            <h2 className="px-2.5 pt-3.5 pb-1 text-[12px] text-soft">{group.name}</h2>
            <ul>
              {group.sessions.map((session) => (
                <SessionRow key={session.id} session={session} isOpen={session.id === openId} />
              ))}
            </ul>
          </section>
        ))}
      {hasMore && (
        <button type="button" className="quiet-button mt-2 ml-1" onClick={() => void loadMore()}>
          Show more
        </button>
      )}
    </nav>
  )
}
