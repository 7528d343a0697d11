import { api, type SessionPage } from '../api.ts'
import { pause } from '../event-stream.ts'
import { heldBack } from '../held-back.ts'
import { loadLate } from '../load-late.ts'
import { meetOthers } from '../others.ts'
import { type ListChange, withChange } from './list-change.ts'
import { createListWatch, type ListEvent } from './list-events.ts'
import { followList } from './list-stream.ts'
import type { Tabs } from './tabs.ts'
import { isToldWhileHidden, tellOf } from './tell.ts'

export interface LiveListOptions {
  setPage: (change: (old: SessionPage) => SessionPage) => void
  /** False while the list must be asked for. */
  setLive: (isLive: boolean) => void
  /** Whether one of the sessions is working: then a hidden page goes on, to say when it is done. */
  isWorking: () => boolean
  openSession: (sessionId: string) => void
}

/** How long a hidden page goes on: a browser has six connections to a host. */
const HIDDEN_MS = 5_000
const AGAIN_MS = 1_000

/** Keeps the list of sessions true until `signal` aborts, while the page is shown. */
export function keepListLive(options: LiveListOptions, signal: AbortSignal): void {
  let following: AbortController | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function look(): void {
    clearTimeout(timer)
    if (!document.hidden) {
      if (following) return
      following = new AbortController()
      void followForPage(options, AbortSignal.any([signal, following.signal]))
    } else if (following) timer = setTimeout(leaveOrStay, HIDDEN_MS)
  }

  function leaveOrStay(): void {
    if (options.isWorking() || isToldWhileHidden()) {
      timer = setTimeout(leaveOrStay, HIDDEN_MS)
      return
    }
    following?.abort()
    following = undefined
    options.setLive(false)
  }

  document.addEventListener('visibilitychange', look)
  signal.addEventListener('abort', () => {
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  })
  look()
}

async function followForPage(options: LiveListOptions, signal: AbortSignal): Promise<void> {
  const others = meetOthers()
  const watch = createListWatch()
  let tabs: Tabs | undefined
  const take = (change: ListChange, isLeading: boolean) => {
    options.setPage((old) => withChange(old, change))
    for (const event of watch(change)) tell(event, isLeading)
  }
  const tell = (event: ListEvent, isLeading: boolean) =>
    tellOf(event, { isLeading, isShown: tabs?.isShown(`session:${event.session.id}`), onPress: options.openSession })
  const alone = { onChange: (change: ListChange) => take(change, true), onLive: options.setLive }

  if (!others) return followList(alone, signal)
  await followList(alone, AbortSignal.any([signal, others.heard]))
  if (signal.aborted) return
  // Without that script this tab goes on alone.
  const shared = await loadLate(() => import('./tabs.ts')).catch(() => null)
  if (signal.aborted) return
  if (!shared) return followList(alone, signal)
  tabs = shared.tabsOn(others.channel)
  followWithTabs(tabs, { take, onLive: options.setLive }, signal)
}

interface Taking {
  take: (change: ListChange, isLeading: boolean) => void
  onLive: (isLive: boolean) => void
}

/** What the tab that leads tells the others. */
type Shared = { change: ListChange } | { isLive: boolean }

/** One of the tabs follows the list for all. A tab that begins to listen asks for the first page, and goes on from there. */
function followWithTabs(tabs: Tabs, { take, onLive }: Taking, signal: AbortSignal): void {
  let role = new AbortController()
  /** What came while the page was asked for. */
  let waiting: ListChange[] | undefined

  async function listen(ended: AbortSignal): Promise<void> {
    const mine: ListChange[] = []
    waiting = mine
    let page: SessionPage | null = null
    while (!page) {
      // Asked again after a pause; that the server is away, the open session says.
      page = await api.listSessions().catch(() => null)
      if (!page) await pause(AGAIN_MS, ended)
      if (ended.aborted) return
    }
    waiting = undefined
    for (const change of [{ type: 'list:page', ...page } as const, ...mine]) take(change, false)
    onLive(!heldBack.isKnown())
  }

  const seat = tabs.join('list', {
    onRole(next) {
      role.abort()
      role = new AbortController()
      waiting = undefined
      const ended = AbortSignal.any([signal, role.signal])
      if (next === 'listens') return void listen(ended)
      void followList(
        {
          onChange(change) {
            take(change, true)
            seat.send({ change } satisfies Shared)
          },
          onLive(isLive) {
            onLive(isLive)
            seat.send({ isLive } satisfies Shared)
          },
        },
        ended,
      )
    },
    onData(data) {
      const shared = data as Shared
      if ('isLive' in shared) onLive(shared.isLive)
      else if (waiting) waiting.push(shared.change)
      else take(shared.change, false)
    },
  })
  signal.addEventListener('abort', () => {
    role.abort()
    seat.leave()
  })
}
