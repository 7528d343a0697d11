import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type RillEvent, reduce } from '#lib/protocol/index.ts'
import { followSession } from './event-stream.ts'
import { heldBack } from './held-back.ts'
import type { Connection } from './line.ts'
// It is loaded when it is needed; here there is no time to wait for that.
import './polling.ts'
import { answered, emptySession, inLog, onWire, SESSION, userSaid } from './testing/events.ts'

const LOG = inLog([userSaid('m1', 'Grüße', 'r1'), ...answered('r1', 'm1', ['Eins ', 'zwei ', 'drei'])])
const TRIAL_MS = 120_000

beforeEach(() => {
  vi.useFakeTimers()
  heldBack.forget()
})
afterEach(() => void vi.useRealTimers())

/** A server behind a proxy: what the log has, what becomes of streams, and how polls are answered. */
function makeWorld() {
  const world = {
    log: LOG.slice(0, 2),
    /** `headers`: the response does not come; `body`: only its headers do; `open`: all comes. */
    streams: 'headers' as 'headers' | 'body' | 'open',
    /** In place of an answer to the next polls. */
    polls: [] as (() => Response | Promise<Response>)[],
    asked: [] as string[],
    /** Streams that are open, to be given bytes late. */
    late: [] as ReadableStreamDefaultController<Uint8Array>[],
    grow: (count = 1) => {
      world.log = LOG.slice(0, world.log.length + count)
    },
    fetch: ((input, init) => {
      const { searchParams } = new URL(String(input), 'http://rill')
      const after = Number(searchParams.get('after'))
      const wait = searchParams.get('wait')
      world.asked.push(wait === null ? `stream ${after}` : `poll ${after} ${wait}`)
      const signal = init?.signal as AbortSignal
      return Promise.race([aborted(signal), wait === null ? stream(after, signal) : poll(after, Number(wait), signal)])
    }) as typeof globalThis.fetch,
  }
  const news = (after: number) => onWire(world.log.filter((event) => event.seq > after)) as Uint8Array<ArrayBuffer>
  const poll = async (after: number, waitMs: number, signal: AbortSignal) => {
    const scripted = world.polls.shift()
    if (scripted) return scripted()
    for (let waited = 0; world.log.length <= after && waited < waitMs && !signal.aborted; waited += 100) {
      await new Promise((go) => setTimeout(go, 100))
    }
    return sse(news(after))
  }
  const stream = async (after: number, signal: AbortSignal) => {
    if (world.streams === 'headers') await new Promise(() => {})
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        world.late.push(controller)
        signal.addEventListener('abort', () => controller.error(signal.reason))
        if (world.streams !== 'open') return
        const beat = () => controller.enqueue(new TextEncoder().encode(': \n\n'))
        beat()
        const beats = setInterval(beat, 15_000)
        signal.addEventListener('abort', () => clearInterval(beats))
        if (world.log.length > after) controller.enqueue(news(after))
      },
    })
    return sse(body)
  }
  return world
}

const sse = (body: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null) =>
  new Response(body, { headers: { 'Content-Type': 'text/event-stream; charset=utf-8' } })

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason)
    signal.addEventListener('abort', () => reject(signal.reason))
  })
}

/** A reader of that world, which waits between connections as in a browser. */
function follow(world: ReturnType<typeof makeWorld>) {
  const leave = new AbortController()
  const seen = { events: [] as RillEvent[], connections: [] as Connection[], gone: 0, resets: [] as number[], waits: [] as number[] }
  let state = emptySession()
  const following = followSession(
    {
      sessionId: SESSION,
      cursor: () => state.cursor,
      onEvents(events) {
        seen.events.push(...events)
        for (const event of events) state = reduce(state, event)
      },
      async onReset() {
        seen.resets.push(state.cursor)
        state = { ...state, cursor: world.log.length }
      },
      onGone: () => {
        seen.gone += 1
      },
      onConnection: (connection) => seen.connections.push(connection),
      fetch: world.fetch,
      async wait(ms) {
        seen.waits.push(ms)
        await new Promise((go) => setTimeout(go, ms))
      },
    },
    leave.signal,
  )
  return {
    ...seen,
    seqs: () => seen.events.map(({ seq }) => seq),
    gone: () => seen.gone,
    async leave() {
      leave.abort()
      await vi.advanceTimersByTimeAsync(10_000)
      await following
      expect(vi.getTimerCount(), 'timers that are left').toBe(0)
    },
  }
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const upTo = (seq: number) => Array.from({ length: seq }, (_, index) => index + 1)

test.each([
  ['headers', ['polling']],
  ['body', ['live', 'polling']],
] as const)('when the %s of a stream are not there 20 s after it was asked for, the log is polled', async (held, connections) => {
  const world = makeWorld()
  world.streams = held
  const reader = follow(world)
  await pass(19_900)
  expect(world.asked).toEqual(['stream 0'])
  expect(reader.seqs()).toEqual([])
  await pass(200)
  expect(world.asked).toEqual(['stream 0', 'poll 0 0', 'poll 2 0', 'poll 2 20000'])
  expect(reader.connections).toEqual(connections)
  world.grow()
  await pass(200)
  world.grow(2)
  await pass(200)
  expect(reader.seqs()).toEqual(upTo(5))
  expect(world.asked.slice(4)).toEqual(['poll 3 20000', 'poll 5 20000'])
  await pass(45_000)
  expect(world.asked.slice(6), 'one after the other').toEqual(['poll 5 20000', 'poll 5 20000'])
  await reader.leave()
})

test('what a held back stream says too late is not read: the polls have it', async () => {
  const world = makeWorld()
  world.streams = 'body'
  const reader = follow(world)
  await pass(20_100)
  expect(() => world.late[0]?.enqueue(onWire(world.log))).toThrow()
  world.grow(10)
  await pass(500)
  expect(reader.seqs()).toEqual(upTo(LOG.length))
  await reader.leave()
})

test('the next session is polled at once', async () => {
  const world = makeWorld()
  const first = follow(world)
  await pass(20_100)
  await first.leave()
  world.asked.length = 0
  const second = follow(world)
  await pass(200)
  expect(second.seqs()).toEqual([1, 2])
  expect(world.asked).toEqual(['poll 0 0', 'poll 2 20000'])
  await second.leave()
})

test('a stream is tried beside the polls now and then, and costs no text; once it is heard it takes over', async () => {
  const world = makeWorld()
  heldBack.note()
  const reader = follow(world)
  await pass(TRIAL_MS + 20_000)
  expect(world.asked.filter((one) => one.startsWith('stream'))).toEqual(['stream 2'])
  // While the trial is silent, text flows.
  world.grow()
  await pass(200)
  expect(reader.seqs()).toEqual(upTo(3))
  world.streams = 'open'
  await pass(TRIAL_MS + 20_000)
  world.grow(10)
  world.late.at(-1)?.enqueue(onWire(world.log.slice(3)))
  await pass(100)
  expect(reader.connections).toEqual(['polling', 'live'])
  expect(reader.seqs()).toEqual(upTo(LOG.length))
  const polls = world.asked.length
  await pass(30_000)
  expect(world.asked.length, 'no more polls').toBe(polls)
  expect(heldBack.isKnown()).toBe(false)
  await reader.leave()
})

test('when the network comes back, a stream is tried at once', async () => {
  const world = makeWorld()
  heldBack.note()
  const reader = follow(world)
  await pass(1_000)
  world.streams = 'open'
  heldBack.tryAgain()
  await pass(20_000)
  expect(reader.connections).toEqual(['polling', 'live'])
  await reader.leave()
})

test('another tab that hears streams again is believed', async () => {
  const world = makeWorld()
  heldBack.note()
  const reader = follow(world)
  await pass(1_000)
  heldBack.forget()
  world.streams = 'open'
  await pass(20_000)
  expect(reader.connections).toEqual(['polling', 'live'])
  await reader.leave()
})

test('a clock that was set, or junk in the storage, puts no trial off', () => {
  heldBack.note()
  expect(heldBack.isTrialDue()).toBe(false)
  vi.setSystemTime(Date.now() - 86_400_000)
  expect(heldBack.isTrialDue()).toBe(true)
  vi.stubGlobal('localStorage', { getItem: () => 'junk' })
  expect(heldBack.isTrialDue()).toBe(true)
  vi.unstubAllGlobals()
})

test('where polls do not get through either, streams are not to blame: the line is lost', async () => {
  const world = makeWorld()
  world.polls = [() => new Promise<never>(() => {})]
  const reader = follow(world)
  await pass(35_100)
  expect(reader.connections).toEqual(['lost'])
  expect(heldBack.isKnown()).toBe(false)
  world.streams = 'open'
  await pass(1_000)
  expect(reader.connections).toEqual(['lost', 'live'])
  await reader.leave()
})

test('polls that fail are tried again as streams are: from the cursor, and less and less often', async () => {
  const world = makeWorld()
  heldBack.note()
  const bytes = onWire(LOG.slice(0, 2)) as Uint8Array<ArrayBuffer>
  const cut = () =>
    sse(
      new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(bytes),
        pull: (controller) => controller.error(new TypeError('terminated')),
      }),
    )
  const page = () => new Response('<p>Please log in</p>', { headers: { 'Content-Type': 'text/html' } })
  world.polls = [() => new Response(null, { status: 503 }), cut, page, () => Promise.reject(new TypeError('fetch failed'))]
  const reader = follow(world)
  await pass(20_000)
  expect(reader.connections).toEqual(['lost', 'lost', 'lost', 'lost', 'polling'])
  expect(reader.seqs()).toEqual([1, 2])
  reader.waits.forEach((ms, index) => {
    const longest = 250 * 2 ** (index + 1)
    expect(ms).toBeGreaterThanOrEqual(longest / 2)
    expect(ms).toBeLessThanOrEqual(longest)
  })
  await reader.leave()
})

test('an answer that was cut, and does not show it, loses nothing: what is not whole is asked for again', async () => {
  const bytes = onWire(LOG)
  for (let cut = 0; cut <= bytes.length; cut += 7) {
    const world = makeWorld()
    world.log = LOG
    heldBack.note()
    world.polls = [() => sse(bytes.slice(0, cut) as Uint8Array<ArrayBuffer>)]
    const reader = follow(world)
    await pass(1_000)
    expect(reader.seqs(), `cut at ${cut}`).toEqual(upTo(LOG.length))
    await reader.leave()
  }
})

test('an empty answer before its time is waited after: the server is about to stop', async () => {
  const world = makeWorld()
  heldBack.note()
  const reader = follow(world)
  const empty = () => sse(null)
  await pass(1_000)
  world.polls = Array.from({ length: 1_000 }, () => empty)
  await pass(21_000)
  expect(world.polls.length).toBeGreaterThan(600)
  expect(reader.waits.length).toBeGreaterThan(5)
  expect(reader.waits.every((ms) => ms >= 125)).toBe(true)
  world.grow()
  world.polls = []
  await pass(1_000)
  expect(reader.seqs()).toEqual(upTo(3))
  await reader.leave()
})

test('a reset takes a fresh snapshot and goes on from it; a session that is not there ends it', async () => {
  const world = makeWorld()
  heldBack.note()
  const reset = { type: 'session:reset', sessionId: SESSION, cursor: 2 }
  world.polls = [() => sse(new TextEncoder().encode(`event: session:reset\ndata: ${JSON.stringify(reset)}\n\n`))]
  const reader = follow(world)
  await pass(1_000)
  expect(reader.resets).toEqual([0])
  world.grow()
  await pass(1_000)
  expect(reader.seqs()).toEqual([3])
  expect(reader.connections).toEqual(['polling'])
  world.polls = [() => new Response(null, { status: 404 })]
  world.grow()
  await pass(1_000)
  expect(reader.gone()).toBe(1)
  await reader.leave()
})
