import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CatchUpSource } from './catch-up.ts'
import type { LogEntry } from './entry.ts'
import { createSharedBus } from './shared-bus.ts'

/** A channel whose messages arrive when the test says so. */
class FakeChannel {
  isUp = true
  sent: string[] = []
  arrive: (text: string) => void = () => {}
  change: () => void = () => {}
  answer: () => Promise<void> = async () => {}
  async send(topic: string, text: string): Promise<void> {
    this.sent.push(`${topic} ${text}`)
    await this.answer()
  }
  subscribe(_topic: string, listener: (text: string) => void): void {
    this.arrive = listener
  }
  onChange(listener: () => void): void {
    this.change = listener
  }
}

let channel: FakeChannel
/** The sessions that others wrote, as far as they did. */
let log: Map<string, number>
let statements: string[]
const source: CatchUpSource = {
  async inspect(sessionIds) {
    statements.push(`inspect ${sessionIds}`)
    return { heads: new Map(sessionIds.map((id) => [id, log.get(id) ?? 0])), epochs: new Map() }
  },
  async readMany(after, limit) {
    statements.push(`read ${[...after]}`)
    return [...after].flatMap(([id, seq]) => entriesOf(id, seq + 1, Math.min(log.get(id) ?? 0, seq + limit)))
  },
}
beforeEach(() => {
  channel = new FakeChannel()
  log = new Map()
  statements = []
})
afterEach(() => vi.restoreAllMocks())

const entriesOf = (sessionId: string, from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => ({ sessionId, seq: from + index }) as LogEntry)
const entries = entriesOf('s1', 1, 1)
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the bus of several instances', () => {
  test('gives entries to followers here, and a wake-up to those elsewhere', async () => {
    const bus = createSharedBus(channel, 'me', source)
    const notices: unknown[] = []
    bus.subscribe('s1', (notice) => notices.push(notice))
    bus.publish('s1', entries)
    expect(notices).toEqual([{ entries }])
    await settled()
    expect(channel.sent).toEqual(['log me s1'])
    channel.arrive('me s1')
    expect(notices).toHaveLength(1)
  })

  test('what others committed is read in one statement for all followers of all sessions here', async () => {
    const bus = createSharedBus(channel, 'me', source)
    const notices: unknown[] = []
    for (const id of ['s1', 's2', 's2']) bus.subscribe(id, (notice) => notices.push(id, notice))
    for (const id of ['s1', 's2']) bus.publish(id, entriesOf(id, 1, 1))
    await bus.close()
    notices.length = 0
    for (const id of ['s1', 's2', 's3']) log.set(id, 3)
    channel.arrive('other s3 s1 s2')
    await settled()
    expect(statements).toEqual(['read s1,1,s2,1'])
    const [one, two] = ['s1', 's2'].map((id) => ({ entries: entriesOf(id, 2, 3) }))
    expect(notices).toEqual(['s1', one, 's2', two, 's2', two])
  })

  test('followers of whom it is not known where they are read by themselves, and then are known', async () => {
    const bus = createSharedBus(channel, 'me', source)
    const notices: unknown[] = []
    bus.subscribe('s1', (notice) => notices.push(notice))
    log.set('s1', 700)
    channel.arrive('other s1')
    await settled()
    log.set('s1', 1_300)
    channel.arrive('other s1')
    await settled()
    expect(statements).toEqual(['inspect s1', 'read s1,700', 'read s1,1200'])
    expect(notices).toEqual([{}, { entries: entriesOf('s1', 701, 1_200) }, { entries: entriesOf('s1', 1_201, 1_300) }])
  })

  test('when the log cannot be read, the followers are sent there', async () => {
    const bus = createSharedBus(channel, 'me', { ...source, inspect: () => Promise.reject(new Error('away')) })
    const notices: unknown[] = []
    bus.subscribe('s1', (notice) => notices.push(notice))
    channel.arrive('other s1')
    await settled()
    expect(notices).toEqual([{}])
  })

  test('what is committed while a message is under way goes with the next, once a session', async () => {
    const bus = createSharedBus(channel, 'me', source)
    const { promise, resolve } = Promise.withResolvers<void>()
    channel.answer = () => promise
    bus.publish('s1', entries)
    for (let count = 0; count < 10; count += 1) for (const id of ['s1', 's2']) bus.publish(id, entries)
    expect(channel.sent).toEqual(['log me s1'])
    resolve()
    await bus.close()
    expect(channel.sent).toEqual(['log me s1', 'log me s1 s2'])
  })

  test('many sessions go in messages of a size that PostgreSQL takes', async () => {
    const bus = createSharedBus(channel, 'me', source)
    channel.answer = () => settled().then(() => undefined)
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(36, '0'))
    for (const id of ids) bus.publish(id, entries)
    await bus.close()
    expect(channel.sent.flatMap((text) => text.split(' ').slice(2))).toEqual(ids)
    for (const text of channel.sent) expect(text.length).toBeLessThan(7_500)
  })

  test('a message that could not be sent holds up no later one', async () => {
    const bus = createSharedBus(channel, 'me', source)
    channel.answer = () => Promise.reject(new Error('the database is away'))
    bus.publish('s1', entries)
    await settled()
    channel.answer = async () => {}
    bus.publish('s2', entries)
    await bus.close()
    expect(channel.sent).toEqual(['log me s1', 'log me s2'])
  })

  test('when the channel comes or goes, all look at the log; while it is down, it is read for all of them together', async () => {
    const bus = createSharedBus(channel, 'me', source)
    const notices: unknown[] = []
    for (const id of ['s1', 's2']) bus.subscribe(id, (notice) => notices.push(notice))
    channel.isUp = false
    channel.change()
    expect(notices).toEqual([{}, {}])
    for (const id of ['s1', 's2']) bus.publish(id, entriesOf(id, 1, 1))
    notices.length = 0
    for (const id of ['s1', 's2']) log.set(id, 2)
    await expect.poll(() => notices).toHaveLength(2)
    expect(statements).toEqual(['read s1,1,s2,1'])
    await bus.close()
  })

  test('who has left is not told', () => {
    const bus = createSharedBus(channel, 'me', source)
    const listener = vi.fn()
    bus.subscribe('s1', listener)()
    bus.publish('s1', entries)
    channel.arrive('other s1')
    channel.change()
    expect(listener).not.toHaveBeenCalled()
  })
})
