import type { ListChange, ListedSession } from '#lib/protocol/index.ts'
import { encodeEvent } from '#lib/sse/index.ts'

const AT = '2026-01-01T00:00:00.000Z'

export function listedSession(id: string, more: Partial<ListedSession> = {}): ListedSession {
  return { id, title: id, createdAt: AT, updatedAt: AT, active: false, waiting: false, opening: null, ...more }
}

/** A server of one list: `fetch` gives its stream, each of which begins with the first page, or that page. */
export function makeListServer() {
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const server = {
    sessions: [] as ListedSession[],
    isAway: false,
    /** Streams that are open. */
    streams,
    asked: { stream: 0, page: 0 },
    say(change: ListChange) {
      for (const stream of streams) stream.enqueue(bytesOf(change))
    },
    /** As a line that breaks. */
    breakOff() {
      for (const stream of streams) stream.error(new TypeError('network error'))
      streams.clear()
    },
    fetch: (async (input, init) => {
      const isStream = String(input).endsWith('/events')
      server.asked[isStream ? 'stream' : 'page'] += 1
      const signal = init?.signal as AbortSignal
      await new Promise((go) => setTimeout(go, 5))
      signal.throwIfAborted()
      if (server.isAway) throw new TypeError('The network is away.')
      const page = { sessions: server.sessions, nextCursor: null }
      if (!isStream) return Response.json(page)
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          streams.add(controller)
          controller.enqueue(bytesOf({ type: 'list:page', ...page }))
          signal.addEventListener('abort', () => {
            if (streams.delete(controller)) controller.error(signal.reason)
          })
        },
      })
      return new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })
    }) as typeof globalThis.fetch,
  }
  return server
}

function bytesOf(change: ListChange): Uint8Array {
  return new TextEncoder().encode(encodeEvent(change.type, JSON.stringify(change)))
}
