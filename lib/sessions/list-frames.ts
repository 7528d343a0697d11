import 'server-only'
import type { ListChange, ListedSession } from '#lib/protocol/index.ts'
import { encodeEvent } from '#lib/sse/index.ts'
import type { ListFeed } from './list-news.ts'
import type { Sessions } from './sessions.ts'

/**
 * A user's list of sessions as SSE frames: first its first page, then what changes. A reader that reconnects begins with the page
 * again: it is all that a cursor could give.
 */
export async function* listFrames(
  { sessions, feed }: { sessions: Pick<Sessions, 'list' | 'listed'>; feed: Pick<ListFeed, 'follow'> },
  userId: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let page = ''
  for await (const news of feed.follow(userId, signal)) {
    if (news === 'all') {
      const before = page
      page = frameOf({ type: 'list:page', ...(await sessions.list(userId)) })
      if (page !== before) yield page
    } else {
      page = ''
      const there = new Map((await sessions.listed(userId, news)).map((session) => [session.id, session]))
      yield news.map((sessionId) => frameOf(changeOf(sessionId, there.get(sessionId)))).join('')
    }
  }
}

function changeOf(sessionId: string, session: ListedSession | undefined): ListChange {
  return session ? { type: 'list:changed', session } : { type: 'list:removed', sessionId }
}

function frameOf(change: ListChange): string {
  return encodeEvent(change.type, JSON.stringify(change))
}
