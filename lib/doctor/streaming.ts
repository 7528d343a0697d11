import 'server-only'
import { setTimeout as pause } from 'node:timers/promises'
import { internalToken } from '#lib/http/internal.ts'
import { createDecoder, encodeEvent } from '#lib/sse/index.ts'
import type { Check, Finding, Subject } from './check.ts'

export const STREAM_PATH = '/api/internal/doctor/stream'
const TICKS = 5
const TICK_MS = 200
/** All that comes in less than half of its time was held back somewhere. */
const BURST_MS = ((TICKS - 1) * TICK_MS) / 2

/** A few events, one every 200 ms. */
export async function* ticks(signal: AbortSignal): AsyncGenerator<string> {
  for (let count = 1; count <= TICKS; count += 1) {
    if (count > 1) await pause(TICK_MS, undefined, { signal })
    yield encodeEvent('tick', String(count), count)
  }
}

/** Reads the ticks as a browser would, from the address that people use, and looks when they arrive. */
export function streamingCheck({ config, secret, isServing }: Subject): Check {
  const { origin } = new URL(config.publicUrl ?? config.ownUrl)
  return {
    name: 'streaming',
    limitMs: 15_000,
    change: `Check that ${origin} leads to this server, and can be reached from this machine. People's address is set with RILL_PUBLIC_URL.`,
    async look(signal) {
      if (secret === undefined || (config.publicUrl === undefined && !isServing))
        return { status: 'warning', found: 'not tried: no server runs here', change: 'Start Rill, then look again.' }
      const response = await fetch(`${origin}${STREAM_PATH}`, {
        headers: { accept: 'text/event-stream', authorization: `Bearer ${internalToken(secret, STREAM_PATH)}` },
        // What is shown here is not for whoever it may lead to.
        redirect: 'manual',
        cache: 'no-store',
        signal,
      })
      if (!response.ok || !response.headers.get('content-type')?.startsWith('text/event-stream')) return refused(response, origin)
      const found = judge(await arrivalsOf(response), response.headers, origin)
      if (found.status !== 'ok' || config.publicUrl !== undefined) return found
      return { ...found, change: 'Behind a proxy set RILL_PUBLIC_URL: then the stream is read through it.' }
    },
  }
}

/** When each tick arrived, in ms since the headers. */
async function arrivalsOf(response: Response): Promise<number[]> {
  const decoder = createDecoder()
  const began = performance.now()
  const arrivals: number[] = []
  for await (const bytes of response.body as ReadableStream<Uint8Array>) {
    for (const { event } of decoder.push(bytes)) if (event === 'tick') arrivals.push(performance.now() - began)
  }
  return arrivals
}

function judge(arrivals: number[], headers: Headers, origin: string): Omit<Finding, 'name'> {
  const spread = (arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)
  const encoding = headers.get('content-encoding')
  if (arrivals.length < TICKS) {
    const change = 'Something cuts the stream off: raise the time and size that the proxy allows an answer.'
    return { status: 'failed', found: `only ${arrivals.length} of ${TICKS} events came through ${origin}`, change }
  }
  if (spread < BURST_MS) {
    // Where a proxy compresses, it waits for more whatever its buffers are told.
    const packed = encoding !== null && `Leave text/event-stream out of what the proxy compresses (${encoding}).`
    const found = `${TICKS} events, sent over ${(TICKS - 1) * TICK_MS} ms, came within ${Math.round(spread)} ms: something before ${origin} holds them back`
    return { status: 'failed', found, change: packed || unbuffer(headers.get('server') ?? '') }
  }
  if (!headers.get('cache-control')?.includes('no-transform')) {
    const change = 'Let Cache-Control through as it is sent (no-cache, no-transform), or what compresses may hold events back.'
    return { status: 'warning', found: `events come one by one through ${origin}, but without their Cache-Control`, change }
  }
  return { status: 'ok', found: `events come one by one through ${origin}${encoding === null ? '' : `, compressed (${encoding})`}` }
}

/** What to change where a proxy that names itself holds events back. */
function unbuffer(server: string): string {
  if (/nginx|openresty/i.test(server)) return 'In nginx: "proxy_buffering off;", and no "proxy_ignore_headers X-Accel-Buffering;".'
  if (/caddy/i.test(server)) return 'In Caddy: "flush_interval -1" in reverse_proxy.'
  if (/apache/i.test(server)) return 'In Apache: "flushpackets=on" at ProxyPass, and no mod_deflate for text/event-stream.'
  return "Turn the proxy's response buffering off for /api/ and /chat/stream (nginx: proxy_buffering off; Caddy: flush_interval -1)."
}

function refused(response: Response, origin: string): Omit<Finding, 'name'> {
  void response.body?.cancel()
  const { status, headers } = response
  const location = headers.get('location')
  if (location !== null && status >= 300 && status < 400) {
    const change = 'Set RILL_PUBLIC_URL to the address that people end up at.'
    return { status: 'failed', found: `the address ${origin} leads on to ${new URL(location, origin).origin}`, change }
  }
  const found = `what is at ${origin} answered ${status} ${headers.get('content-type')?.split(';')[0] ?? ''}`.trim()
  return { status: 'failed', found, change: changeFor(status) }
}

function changeFor(status: number): string {
  if (status === 401 || status === 403) return `The proxy refuses: let ${STREAM_PATH} through, or look from a place that it lets in.`
  if (status >= 500) return 'The proxy does not reach Rill, or Rill is not well: see what both print.'
  return 'Another server answers there, or one with another RILL_SECRET, version or clock: lead the address to this one.'
}
