import type { ListChange, SessionPage } from '#lib/protocol/index.ts'
import { api } from '../api.ts'
import { pause } from '../event-stream.ts'
import { heldBack } from '../held-back.ts'
import { followList } from './list-stream.ts'
import type { Member, Tabs, Turn } from './tabs.ts'

export { tabsOn } from './tabs.ts'

export interface SharedListOptions {
  /** `isLeading`: this tab reads the list. */
  onChange: (change: ListChange, isLeading: boolean) => void
  onLive: (isLive: boolean) => void
}

/** What the tab that leads tells the others. */
type Shared = { change: ListChange } | { isLive: boolean }

const AGAIN_MS = 1_000

/**
 * Follows the list until `signal` aborts, or through the tab that does it for all. A tab that begins to listen asks for the first
 * page, and goes on from there.
 */
export function followSharedList({ onChange, onLive }: SharedListOptions, signal: AbortSignal, tabs: Tabs): void {
  /** What came while the page was asked for. */
  let waiting: ListChange[] | undefined

  function lead({ send, ended }: Turn): Promise<void> {
    const tell = (shared: Shared) => send(shared)
    const leading = {
      onChange(change: ListChange) {
        onChange(change, true)
        tell({ change })
      },
      onLive(isLive: boolean) {
        onLive(isLive)
        tell({ isLive })
      },
    }
    return followList(leading, ended)
  }

  async function listen({ ended }: Turn): Promise<void> {
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
    for (const change of [{ type: 'list:page', ...page } as const, ...mine]) onChange(change, false)
    onLive(!heldBack.isKnown())
  }

  const member: Member = {
    onRole(role, turn) {
      waiting = undefined
      void (role === 'listens' ? listen(turn) : lead(turn))
    },
    onData(data) {
      const shared = data as Shared
      if ('isLive' in shared) onLive(shared.isLive)
      else if (waiting) waiting.push(shared.change)
      else onChange(shared.change, false)
    },
  }
  tabs.join('list', member, signal)
}
