import { BUILD_ID } from '#lib/protocol/index.ts'
import { followSession } from './event-stream.ts'
import type { EventStreamOptions } from './line.ts'
import { loadLate } from './load-late.ts'

/** Other tabs of this browser, with the same version of the page. */
export interface Others {
  channel: BroadcastChannel
  /** Aborts when one of them is heard for the first time. */
  heard: AbortSignal
}

let met: Others | undefined

/** Says to the other tabs that this one is there. Undefined where tabs cannot talk to each other. */
export function meetOthers(): Others | undefined {
  if (met || typeof BroadcastChannel === 'undefined') return met
  const channel = new BroadcastChannel(`rill:${BUILD_ID}`)
  const hearing = new AbortController()
  channel.addEventListener('message', () => hearing.abort(), { once: true })
  channel.postMessage({ kind: 'here' })
  met = { channel, heard: hearing.signal }
  return met
}

/**
 * As `followSession`; with other tabs of this browser, one of those that show the session reads it for all: a browser has six
 * connections to a host. What that takes is loaded when there are others.
 */
export async function follow(options: EventStreamOptions, signal: AbortSignal): Promise<void> {
  const others = meetOthers()
  if (others) {
    await followSession(options, AbortSignal.any([signal, others.heard]))
    if (signal.aborted || !others.heard.aborted) return
    // Without that script this tab reads for itself, below.
    const shared = await loadLate(() => import('./live/shared-session.ts')).catch(() => null)
    if (shared && !signal.aborted) return shared.followShared(options, signal, shared.tabsOn(others.channel))
  }
  return followSession(options, signal)
}
