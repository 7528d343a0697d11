import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { BusChannel, LogEntry } from '#lib/log/index.ts'
import { createListFeed, type ListFeed, type ListNews } from './list-news.ts'

/** A channel between the feeds of one test. */
class Exchange {
  isUp = true
  isLossy = false
  readonly sent: string[] = []
  readonly #listeners: ((text: string) => void)[] = []
  readonly #changes: (() => void)[] = []
  channel(): BusChannel {
    const exchange = this
    return {
      get isUp() {
        return exchange.isUp
      },
      async send(_topic, text) {
        exchange.sent.push(text)
        if (!exchange.isLossy) for (const listener of exchange.#listeners) listener(text)
      },
      subscribe: (_topic, listener) => void this.#listeners.push(listener),
      onChange: (listener) => void this.#changes.push(listener),
    }
  }
  change(isUp: boolean): void {
    this.isUp = isUp
    for (const listener of this.#changes) listener()
  }
}

interface Instance {
  feed: ListFeed
  commit: (sessionId: string, ...types: string[]) => void
}

/** "anna-1" is a session of "anna". */
const ownersOf = vi.fn(async (sessionIds: readonly string[]) =>
  sessionIds.map((sessionId) => ({ sessionId, userId: sessionId.split('-')[0] ?? '' })),
)
const errors: unknown[] = []
let instances: Instance[]

function openInstance(options: { channel?: BusChannel; isDeaf?: boolean } = {}): Instance {
  let listener: (entries: readonly LogEntry[]) => void = () => {}
  const onCommitted = (next: typeof listener) => {
    listener = next
    return () => {}
  }
  const feed = createListFeed({
    ...options,
    log: { onCommitted },
    ownersOf,
    instanceId: `i${instances.length}`,
    onError: (error) => errors.push(error),
  })
  const instance: Instance = {
    feed,
    commit: (sessionId, ...types) => listener(types.map((type) => ({ sessionId, type }) as LogEntry)),
  }
  instances.push(instance)
  return instance
}

function follow(feed: ListFeed, userId: string) {
  const leave = new AbortController()
  const news: ListNews[] = []
  const ended = (async () => {
    for await (const one of feed.follow(userId, leave.signal)) news.push(one)
  })()
  return { news, ended, leave: () => leave.abort() }
}

const settled = () => new Promise((resolve) => setImmediate(resolve))

beforeEach(() => {
  instances = []
  errors.length = 0
  ownersOf.mockClear()
})
afterEach(() => Promise.all(instances.map(({ feed }) => feed.close())))

const rigs = {
  'in one process': () => {
    const one = openInstance()
    return { here: one, there: one }
  },
  'in several': () => {
    const exchange = new Exchange()
    return { here: openInstance({ channel: exchange.channel() }), there: openInstance({ channel: exchange.channel() }) }
  },
}

describe.each(Object.entries(rigs))('the feed of a list (%s)', (_, rig) => {
  test('begins with all, then names what changed, to its owner alone', async () => {
    const { here, there } = rig()
    const anna = follow(there.feed, 'anna')
    const bert = follow(there.feed, 'bert')
    await settled()
    here.commit('anna-1', 'session:created')
    await settled()
    here.commit('anna-2', 'run:started', 'llm:thinking')
    await settled()
    expect(anna.news).toEqual(['all', ['anna-1'], ['anna-2']])
    expect(bert.news).toEqual(['all'])
  })

  test('the text of an answer changes no list', async () => {
    const { here, there } = rig()
    const anna = follow(there.feed, 'anna')
    await settled()
    here.commit('anna-1', 'llm:chunk', 'llm:response', 'context:compacted')
    await settled()
    expect(anna.news).toEqual(['all'])
    expect(ownersOf).not.toHaveBeenCalled()
  })

  test('a reader that is slow gets what gathered at once, and all of it when that is much', async () => {
    const { here, there } = rig()
    const reading = there.feed.follow('anna', new AbortController().signal)
    expect(await reading.next()).toEqual({ value: 'all', done: false })
    for (const id of ['anna-1', 'anna-2', 'anna-1']) here.commit(id, 'run:complete')
    await settled()
    expect((await reading.next()).value).toEqual(['anna-1', 'anna-2'])
    for (let count = 0; count < 60; count += 1) here.commit(`anna-${count}`, 'run:complete')
    await settled()
    expect((await reading.next()).value).toBe('all')
  })

  test('ends with the reader, and with the feed', async () => {
    const { here, there } = rig()
    const first = follow(there.feed, 'anna')
    const second = follow(there.feed, 'anna')
    await settled()
    first.leave()
    await first.ended
    here.commit('anna-1', 'session:deleted')
    await settled()
    expect(first.news).toEqual(['all'])
    expect(second.news).toEqual(['all', ['anna-1']])
    await there.feed.close()
    await second.ended
    await follow(there.feed, 'anna').ended
  })

  test('when it cannot be told whose a session is, all who look here look again', async () => {
    const { here } = rig()
    const anna = follow(here.feed, 'anna')
    await settled()
    ownersOf.mockRejectedValueOnce(new Error('The database is away.'))
    here.commit('anna-1', 'session:created')
    await settled()
    expect(anna.news).toEqual(['all', 'all'])
    expect(errors).toHaveLength(1)
  })
})

describe('the feed of several instances', () => {
  afterEach(() => vi.useRealTimers())

  test('many changes are told in messages that a channel takes', async () => {
    const exchange = new Exchange()
    const here = openInstance({ channel: exchange.channel() })
    for (let count = 0; count < 400; count += 1) here.commit(`${'u'.repeat(36)}-${crypto.randomUUID()}`, 'run:complete')
    await settled()
    expect(exchange.sent.length).toBeGreaterThan(3)
    expect(Math.max(...exchange.sent.map(({ length }) => length))).toBeLessThan(7_500)
    expect(exchange.sent.flatMap((text) => text.split(' ').slice(1))).toHaveLength(400)
  })

  test('what a channel lost is looked for when it changes, while it is down, and now and then', async () => {
    vi.useFakeTimers()
    const exchange = new Exchange()
    const { feed } = openInstance({ channel: exchange.channel() })
    const anna = follow(feed, 'anna')
    await vi.advanceTimersByTimeAsync(0)
    expect(anna.news).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(29_500)
    expect(anna.news).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(anna.news).toHaveLength(2)
    exchange.change(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(anna.news).toHaveLength(3)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(anna.news).toHaveLength(5)
  })

  test('one that no channel tells looks every second', async () => {
    vi.useFakeTimers()
    const { feed } = openInstance({ isDeaf: true })
    const anna = follow(feed, 'anna')
    await vi.advanceTimersByTimeAsync(3_000)
    expect(anna.news).toEqual(['all', 'all', 'all', 'all'])
  })
})
