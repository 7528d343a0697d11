import type { ListChange, SessionPage } from '#lib/protocol/index.ts'
import { loadLate } from '../load-late.ts'
import { meetOthers } from '../others.ts'
import { whileShown } from '../while-shown.ts'
import { withChange } from './list-change.ts'
import { createListWatch, type ListEvent } from './list-events.ts'
import { followList } from './list-stream.ts'
import { noteChanged } from './session-news.ts'
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

/** Keeps the list of sessions true until `signal` aborts, while the page is shown. */
export function keepListLive(options: LiveListOptions, signal: AbortSignal): void {
  const follow = () => {
    const following = new AbortController()
    void followForPage(options, AbortSignal.any([signal, following.signal]))
    return () => {
      following.abort()
      options.setLive(false)
    }
  }
  signal.addEventListener(
    'abort',
    whileShown(follow, () => !options.isWorking() && !isToldWhileHidden()),
  )
}

async function followForPage(options: LiveListOptions, signal: AbortSignal): Promise<void> {
  const others = meetOthers()
  const watch = createListWatch()
  let tabs: Tabs | undefined
  const onChange = (change: ListChange, isLeading = true) => {
    options.setPage((old) => withChange(old, change))
    if (change.type === 'list:changed') noteChanged(change.session.id)
    for (const event of watch(change)) tell(event, isLeading)
  }
  const tell = (event: ListEvent, isLeading: boolean) =>
    tellOf(event, { isLeading, isShown: tabs?.isShown(`session:${event.session.id}`), onPress: options.openSession })
  const reading = { onChange, onLive: options.setLive }

  if (!others) return followList(reading, signal)
  await followList(reading, AbortSignal.any([signal, others.heard]))
  if (signal.aborted) return
  // Without that script this tab goes on alone.
  const shared = await loadLate(() => import('./shared-list.ts')).catch(() => null)
  if (signal.aborted) return
  if (!shared) return followList(reading, signal)
  tabs = shared.tabsOn(others.channel)
  shared.followSharedList(reading, signal, tabs)
}
