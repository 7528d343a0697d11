import 'server-only'
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
      page = JSON.stringify({ type: 'list:page', ...(await sessions.list(userId)) })
      if (page !== before) yield encodeEvent('list:page', page)
    } else {
      page = ''
      const there = new Map((await sessions.listed(userId, news)).map((session) => [session.id, session]))
      yield news.map((sessionId) => frameOf(sessionId, there.get(sessionId))).join('')
    }
  }
}

function frameOf(sessionId: string, session: object | undefined): string {
  return session
    ? encodeEvent('list:changed', JSON.stringify({ type: 'list:changed', session }))
    : encodeEvent('list:removed', JSON.stringify({ type: 'list:removed', sessionId }))
}
