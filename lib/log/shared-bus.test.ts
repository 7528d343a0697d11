import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
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
beforeEach(() => {
  channel = new FakeChannel()
})
afterEach(() => vi.restoreAllMocks())

const entries = [{ seq: 1 } as LogEntry]
const settled = () => new Promise((resolve) => setImmediate(resolve))

describe('the bus of several instances', () => {
  test('gives entries to followers here, and a wake-up to those elsewhere', async () => {
    const bus = createSharedBus(channel, 'me')
    const notices: unknown[] = []
    bus.subscribe('s1', (notice) => notices.push(notice))
    bus.publish('s1', entries)
    expect(notices).toEqual([{ entries }])
    await settled()
    expect(channel.sent).toEqual(['log me s1'])
    channel.arrive('me s1')
    expect(notices).toHaveLength(1)
    channel.arrive('other s2 s1')
    expect(notices).toEqual([{ entries }, {}])
  })

  test('what is committed while a message is under way goes with the next, once a session', async () => {
    const bus = createSharedBus(channel, 'me')
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
    const bus = createSharedBus(channel, 'me')
    channel.answer = () => settled().then(() => undefined)
    const ids = Array.from({ length: 1_000 }, (_, index) => String(index).padStart(36, '0'))
    for (const id of ids) bus.publish(id, entries)
    await bus.close()
    expect(channel.sent.flatMap((text) => text.split(' ').slice(2))).toEqual(ids)
    for (const text of channel.sent) expect(text.length).toBeLessThan(7_500)
  })

  test('a message that could not be sent holds up no later one', async () => {
    const bus = createSharedBus(channel, 'me')
    channel.answer = () => Promise.reject(new Error('the database is away'))
    bus.publish('s1', entries)
    await settled()
    channel.answer = async () => {}
    bus.publish('s2', entries)
    await bus.close()
    expect(channel.sent).toEqual(['log me s1', 'log me s2'])
  })

  test('when the channel comes or goes, all look at the log, and look more often without it', () => {
    const bus = createSharedBus(channel, 'me')
    const notices: unknown[] = []
    for (const id of ['s1', 's2']) bus.subscribe(id, (notice) => notices.push(notice))
    expect(bus.pollMs).toBe(5_000)
    channel.isUp = false
    channel.change()
    expect(bus.pollMs).toBe(250)
    expect(notices).toEqual([{}, {}])
  })

  test('who has left is not told', () => {
    const bus = createSharedBus(channel, 'me')
    const listener = vi.fn()
    bus.subscribe('s1', listener)()
    bus.publish('s1', entries)
    channel.arrive('other s1')
    channel.change()
    expect(listener).not.toHaveBeenCalled()
  })
})
