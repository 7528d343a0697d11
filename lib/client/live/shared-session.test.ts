import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { type RillEvent, reduce } from '#lib/protocol/index.ts'
import '../polling.ts'
import { Channels } from '../testing/channels.ts'
import { emptySession, inLog, onWire, SESSION } from '../testing/events.ts'
import { noteChanged } from './session-news.ts'
import { followShared } from './shared-session.ts'
import { createTabs } from './tabs.ts'

const LOG = inLog(Array.from({ length: 400 }, (_, index) => ({ type: 'session:title-updated', title: `t${index}` }) as const))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A server with a log that grows; streams bring what comes, polls what is there. */
function makeServer() {
  const streams = new Set<ReadableStreamDefaultController<Uint8Array>>()
  const server = {
    head: 0,
    isGone: false,
    isAway: false,
    streams,
    polls: 0,
    grow(count: number) {
      const fresh = LOG.slice(server.head, server.head + count)
      server.head += count
      for (const stream of streams) stream.enqueue(onWire(fresh))
    },
    fetch: (async (input, init) => {
      const { searchParams } = new URL(String(input), 'http://rill')
      const signal = init?.signal as AbortSignal
      // The way there takes a moment.
      await new Promise((go) => setTimeout(go, 5))
      signal.throwIfAborted()
      if (server.isAway) throw new TypeError('The network is away.')
      if (server.isGone) return new Response(null, { status: 404 })
      const there = onWire(LOG.slice(Number(searchParams.get('after')), server.head)) as Uint8Array<ArrayBuffer>
      const headers = { 'Content-Type': 'text/event-stream; charset=utf-8' }
      if (searchParams.has('wait')) {
        server.polls += 1
        return new Response(there, { headers })
      }
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          streams.add(controller)
          controller.enqueue(there)
          signal.addEventListener('abort', () => {
            streams.delete(controller)
            controller.error(signal.reason)
          })
        },
      })
      return new Response(body, { headers })
    }) as typeof globalThis.fetch,
  }
  return server
}

function openTab(server: ReturnType<typeof makeServer>, channels: Channels, sessionId = SESSION) {
  const leave = new AbortController()
  const channel = channels.open()
  const tab = { seqs: [] as number[], state: emptySession(), connection: '', gone: 0, leave: () => leave.abort(), crash: channel.crash }
  const following = followShared(
    {
      sessionId,
      cursor: () => tab.state.cursor,
      onEvents(events: RillEvent[]) {
        for (const event of events) {
          tab.seqs.push(event.seq)
          tab.state = reduce(tab.state, event)
        }
      },
      async onReset() {},
      onGone() {
        tab.gone += 1
      },
      onConnection(connection) {
        tab.connection = connection
      },
      fetch: server.fetch,
    },
    leave.signal,
    createTabs({ channel, isHidden: () => false }),
  )
  return Object.assign(tab, { following })
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const upTo = (seq: number) => Array.from({ length: seq }, (_, index) => index + 1)

test('twenty tabs of a session read it over one stream: each event once, in order, whenever they came', async () => {
  const server = makeServer()
  const channels = new Channels()
  const tabs: ReturnType<typeof openTab>[] = []
  for (let count = 0; count < 20; count += 1) {
    tabs.push(openTab(server, channels))
    await pass(count % 7)
    server.grow(count % 3)
  }
  for (let count = 0; count < 50; count += 1) {
    server.grow(2)
    await pass(3)
  }
  await pass(2_000)
  expect(server.streams.size).toBe(1)
  for (const tab of tabs) expect(tab.seqs).toEqual(upTo(server.head))
  expect(tabs.map(({ connection }) => connection)).toEqual(tabs.map(() => 'live'))
  for (const tab of tabs) tab.leave()
  await Promise.all(tabs.map(({ following }) => following))
  expect(server.streams.size).toBe(0)
})

test('when the tab that reads leaves or is lost, another goes on where it is', async () => {
  const server = makeServer()
  const channels = new Channels()
  const tabs = [openTab(server, channels), openTab(server, channels), openTab(server, channels)] as const
  await pass(100)
  server.grow(3)
  await pass(50)
  tabs[0].leave()
  server.grow(3)
  await pass(1_000)
  expect(server.streams.size).toBe(1)
  for (const tab of tabs.slice(1)) expect(tab.seqs).toEqual(upTo(6))
  for (const tab of tabs.slice(1)) tab.leave()
})

test('a tab that hears of what it does not have asks for what is missing before', async () => {
  const server = makeServer()
  const channels = new Channels()
  const leader = openTab(server, channels)
  const listener = openTab(server, channels)
  await pass(100)
  const { polls } = server
  const channel = channels.open()
  channel.addEventListener('message', () => {})
  server.head = 5
  channel.postMessage({ kind: 'data', topic: `session:${SESSION}`, id: 'x', data: { events: LOG.slice(4, 5) } })
  await pass(50)
  const both = [leader, listener].map(({ seqs }) => seqs)
  expect(both).toContainEqual(upTo(5))
  expect(server.polls).toBeGreaterThan(polls)
  leader.leave()
  listener.leave()
})

test('a session that is gone ends it in every tab', async () => {
  const server = makeServer()
  const channels = new Channels()
  const tabs = [openTab(server, channels), openTab(server, channels)]
  await pass(100)
  server.isGone = true
  for (const stream of server.streams) stream.close()
  server.streams.clear()
  await pass(5_000)
  await Promise.all(tabs.map(({ following }) => following))
  expect(tabs.map(({ gone }) => gone)).toEqual([1, 1])
})

test('beyond three sessions one is asked for each second, and nothing of it is lost', async () => {
  const server = makeServer()
  const channels = new Channels()
  const tabs: ReturnType<typeof openTab>[] = []
  for (let count = 0; count < 5; count += 1) {
    tabs.push(openTab(server, channels, `session-${count}`))
    await pass(20)
  }
  server.grow(10)
  await pass(2_500)
  expect(server.streams.size).toBe(3)
  for (const tab of tabs) expect(tab.seqs).toEqual(upTo(10))
  server.isAway = true
  await pass(1_100)
  expect(tabs[4]?.connection).toBe('lost')
  server.isAway = false
  await pass(2_500)
  expect(tabs[4]?.connection).toBe('live')
  for (const tab of tabs) tab.leave()
})

test('one that is asked for is asked for at once when the list says that it changed, and often while something comes', async () => {
  const server = makeServer()
  const channels = new Channels()
  const tabs: ReturnType<typeof openTab>[] = []
  for (let count = 0; count < 4; count += 1) {
    tabs.push(openTab(server, channels, `session-${count}`))
    await pass(20)
  }
  const [, , , fourth] = tabs
  await pass(5_000)
  server.grow(1)
  noteChanged('session-3')
  await pass(20)
  expect(fourth?.seqs).toEqual(upTo(1))
  for (let count = 0; count < 10; count += 1) {
    server.grow(1)
    await pass(250)
    expect(fourth?.seqs).toEqual(upTo(server.head))
  }
  await pass(5_000)
  const { polls } = server
  await pass(10_000)
  expect(server.polls - polls).toBeLessThanOrEqual(10)
  // What is said while it is being asked for counts too.
  server.grow(1)
  noteChanged('session-3')
  await pass(2)
  server.grow(1)
  noteChanged('session-3')
  await pass(30)
  expect(fourth?.seqs).toEqual(upTo(server.head))
  for (const tab of tabs) tab.leave()
  await pass(1_000)
  expect(vi.getTimerCount(), 'timers that are left').toBe(0)
})
