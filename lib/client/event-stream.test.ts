import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type RillEvent, reduce, reduceAll, type SessionState } from '#lib/protocol/index.ts'
import { followSession } from './event-stream.ts'
import { heldBack } from './held-back.ts'
import type { Connection, EventStreamOptions } from './line.ts'
import { answered, emptySession, inLog, onWire, SESSION, userSaid } from './testing/events.ts'

const LOG = inLog([
  userSaid('m1', 'Grüße 👩‍👩‍👧', 'r1'),
  ...answered('r1', 'm1', ['Eins ', 'zwei 𝒂 ', 'drei\n\n', '']),
  userSaid('m2', 'again', 'r2'),
  ...answered('r2', 'm2', ['vier', ' fünf']),
])
const WHOLE = reduceAll(emptySession(), LOG)

beforeEach(() => heldBack.forget())

/** What a connection does: give bytes in pieces and then end, break, or stay open. */
type Line = { pieces: Uint8Array[]; ends: 'close' | 'break' | 'stay' } | { status: number } | { refuse: true }

/** A reader of a scripted server. Each connection takes the next line; after the last the reader is told to leave. */
async function read(answer: (after: number, connection: number) => Line | null, changes: Partial<EventStreamOptions> = {}) {
  const leave = new AbortController()
  const seen = { state: emptySession() as SessionState, events: [] as RillEvent[], waits: [] as number[], gone: 0, resets: 0 }
  const connections: Connection[] = []
  const asked: string[] = []
  const options: EventStreamOptions = {
    sessionId: SESSION,
    cursor: () => seen.state.cursor,
    onEvents(events) {
      seen.events.push(...events)
      for (const event of events) seen.state = reduce(seen.state, event)
    },
    async onReset() {
      seen.resets += 1
    },
    onGone: () => {
      seen.gone += 1
    },
    onConnection: (connection) => connections.push(connection),
    async fetch(input, init) {
      asked.push(String(input))
      const line = answer(Number(String(input).split('after=')[1]), asked.length)
      if (line) return respond(line, init?.signal ?? undefined)
      leave.abort()
      throw new TypeError('the reader left')
    },
    async wait(ms) {
      seen.waits.push(ms)
    },
    ...changes,
  }
  await followSession(options, leave.signal)
  return { ...seen, connections, asked }
}

function respond(line: Line, signal: AbortSignal | undefined): Response {
  if ('refuse' in line) throw new TypeError('fetch failed')
  if ('status' in line) return new Response(null, { status: line.status })
  const pieces = line.pieces.slice()
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => signal?.addEventListener('abort', () => controller.error(signal.reason)),
    pull(controller) {
      const piece = pieces.shift()
      if (piece) controller.enqueue(piece)
      else if (line.ends === 'close') controller.close()
      else if (line.ends === 'break') controller.error(new TypeError('terminated'))
    },
  })
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } })
}

const after = (cursor: number) => onWire(LOG.filter((event) => event.seq > cursor))
/** Everything after the cursor, in one go; null once there is nothing left. */
const rest = (cursor: number): Line | null => (cursor < LOG.length ? { pieces: [after(cursor)], ends: 'close' } : null)

describe('bytes cut anywhere', () => {
  // Short, since each byte is a case; with a heartbeat before each event and characters of two to four bytes.
  const log = LOG.filter((event) => event.seq <= 5)
  const bytes = onWire(log)

  test('in two pieces at every byte, the events are the same', async () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { events } = await read((cursor) =>
        cursor === 0 ? { pieces: [bytes.subarray(0, cut), bytes.subarray(cut)], ends: 'close' } : null,
      )
      expect(events, `cut at ${cut}`).toEqual(log)
    }
  })

  test('byte by byte, the events are the same', async () => {
    const pieces = Array.from(bytes, (byte) => Uint8Array.of(byte))
    const { events } = await read((cursor) => (cursor === 0 ? { pieces, ends: 'close' } : null))
    expect(events).toEqual(log)
  })

  test('lost at every byte, the reader goes on from its cursor: each event once, in order', async () => {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const { events } = await read((cursor, connection) => {
        if (connection === 1) return { pieces: [bytes.subarray(0, cut)], ends: cut % 2 ? 'break' : 'close' }
        return cursor < log.length ? { pieces: [onWire(log.filter((event) => event.seq > cursor))], ends: 'close' } : null
      })
      expect(events, `lost at ${cut}`).toEqual(log)
    }
  })

  test('lost after every k-th event, all the way through', async () => {
    for (let count = 1; count <= 20; count += 1) {
      const { state, asked } = await read((cursor) => {
        const some = LOG.filter((event) => event.seq > cursor).slice(0, count)
        return some.length > 0 ? { pieces: [onWire(some)], ends: 'break' } : null
      })
      expect(state).toEqual(WHOLE)
      expect(asked.length).toBe(Math.ceil(LOG.length / count) + 1)
    }
  })
})

test('asks for what comes after the cursor, of its session', async () => {
  const { asked } = await read((cursor) => rest(cursor))
  expect(asked).toEqual([`/api/sessions/${SESSION}/events?after=0`, `/api/sessions/${SESSION}/events?after=${LOG.length}`])
})

test('a page that cannot take what it is given tries ever more slowly, and its fault is seen', async () => {
  const fault = new Error('a fault of the page')
  const seen = vi.fn()
  vi.stubGlobal('reportError', seen)
  const { waits } = await read((_, connection) => (connection > 6 ? null : { pieces: [onWire(LOG)], ends: 'stay' }), {
    onEvents() {
      throw fault
    },
  })
  vi.unstubAllGlobals()
  expect(seen).toHaveBeenCalledTimes(6)
  expect(seen).toHaveBeenCalledWith(fault)
  expect(waits[5]).toBeGreaterThanOrEqual(5_000)
})

test('waits longer after each failure, up to a limit, and begins anew once the line was alive', async () => {
  const { waits } = await read((cursor, connection) => {
    if (connection <= 10) return connection % 2 ? { refuse: true } : { status: 503 }
    return rest(cursor)
  })
  expect(waits.length).toBe(11)
  waits.slice(0, 10).forEach((ms, index) => {
    const longest = Math.min(250 * 2 ** (index + 1), 10_000)
    expect(ms).toBeGreaterThanOrEqual(longest / 2)
    expect(ms).toBeLessThanOrEqual(longest)
  })
  expect(waits[10]).toBeLessThanOrEqual(250)
})

test('a line that lived is lost until the next one stands', async () => {
  const { connections } = await read((cursor, connection) =>
    connection === 2 ? { refuse: true } : connection === 1 ? { pieces: [after(0).subarray(0, 400)], ends: 'break' } : rest(cursor),
  )
  expect(connections).toEqual(['live', 'lost', 'lost', 'live', 'lost'])
})

test('a session that is not there ends it', async () => {
  const { gone, asked, waits } = await read(() => ({ status: 404 }))
  expect({ gone, asked: asked.length, waits }).toEqual({ gone: 1, asked: 1, waits: [] })
})

test('after a reset it goes on from the cursor of the fresh snapshot, and is not lost meanwhile', async () => {
  let cursor = 3
  const reset = new TextEncoder().encode(
    `event: session:reset\ndata: ${JSON.stringify({ type: 'session:reset', sessionId: SESSION, cursor: 9 })}\n\n`,
  )
  const seen: number[] = []
  const { asked, connections } = await read((_, connection) => (connection === 1 ? { pieces: [reset], ends: 'stay' } : null), {
    cursor: () => cursor,
    async onReset() {
      seen.push(cursor)
      cursor = 9
    },
  })
  expect(seen).toEqual([3])
  expect(asked.map((url) => url.split('after=')[1])).toEqual(['3', '9'])
  expect(connections).toEqual(['live'])
})

test('a reset whose snapshot cannot be had is tried again', async () => {
  const reset = new TextEncoder().encode(`data: ${JSON.stringify({ type: 'session:reset', sessionId: SESSION, cursor: 9 })}\n\n`)
  const { asked } = await read((_, connection) => (connection < 3 ? { pieces: [reset], ends: 'stay' } : null), {
    onReset: () => Promise.reject(new TypeError('fetch failed')),
  })
  expect(asked.length).toBe(3)
})

test('events of a kind that this build does not know are passed over', async () => {
  const unknown = new TextEncoder().encode(`id: 1\nevent: llm:future\ndata: {"type":"llm:future","seq":1,"sessionId":"${SESSION}"}\n\n`)
  const { events } = await read((cursor, connection) => (connection === 1 ? { pieces: [unknown, after(cursor)], ends: 'close' } : null))
  expect(events).toEqual(LOG)
})

test('leaving ends an open line at once', async () => {
  const leave = new AbortController()
  const told: Connection[] = []
  await followSession(
    {
      sessionId: SESSION,
      cursor: () => 0,
      onEvents: () => leave.abort(),
      onReset: async () => {},
      onGone: () => {},
      onConnection: (connection) => told.push(connection),
      fetch: async (_, init) => respond({ pieces: [after(0)], ends: 'stay' }, init?.signal ?? undefined),
    },
    leave.signal,
  )
  expect(told).toEqual(['live'])
})

describe('a line that is dead without having ended', () => {
  test('silence of 35 s is the end of it', async () => {
    vi.useFakeTimers()
    try {
      const reading = read((cursor, connection) =>
        connection === 1 ? { pieces: [after(0).subarray(0, 300)], ends: 'stay' } : rest(cursor),
      )
      await vi.advanceTimersByTimeAsync(34_000)
      await vi.advanceTimersByTimeAsync(2_000)
      expect((await reading).state).toEqual(WHOLE)
    } finally {
      vi.useRealTimers()
    }
  })
})
