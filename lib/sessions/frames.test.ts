import { afterEach, expect, test, vi } from 'vitest'
import { createEventLog, createMemoryBus, createMemoryStorage } from '#lib/log/index.ts'
import { type NewEvent, NO_USAGE } from '#lib/protocol/index.ts'
import { createDecoder } from '#lib/sse/index.ts'
import { type PollOptions, polledFrames, runFrames } from './frames.ts'

const SESSION = 'session-1'
const FOREVER = 20_000

const log = () => {
  const facts = { hasSession: () => true, runningEpoch: () => undefined, finishedBefore: () => new Map() }
  return createEventLog(createMemoryStorage(facts), createMemoryBus())
}
const titles = (...all: string[]) => all.map((title): NewEvent => ({ type: 'session:title-updated', title }))
const seqsOf = (frames: string) => {
  const messages = createDecoder().push(new TextEncoder().encode(frames))
  return messages.map(({ id }) => Number(id))
}
const poll = (from: ReturnType<typeof log>, options: Partial<PollOptions>) =>
  polledFrames(from, SESSION, { after: 0, waitMs: FOREVER, signal: new AbortController().signal, ...options })

afterEach(() => void vi.useRealTimers())

test('what is there is given at once, however short the wait is', async () => {
  const one = log()
  await one.append(SESSION, titles('a', 'b'))
  expect(seqsOf(await poll(one, { waitMs: 0 }))).toEqual([1, 2])
  expect(seqsOf(await poll(one, { waitMs: 0, after: 1 }))).toEqual([2])
  expect(await poll(one, { waitMs: 0, after: 2 })).toBe('')
})

test('what comes right after the first event comes with it', async () => {
  vi.useFakeTimers()
  const one = log()
  const polled = poll(one, {})
  await vi.advanceTimersByTimeAsync(5_000)
  for (const text of ['a', 'b', 'c']) {
    const appended = one.append(SESSION, titles(text))
    await vi.advanceTimersByTimeAsync(20)
    await appended
  }
  await vi.advanceTimersByTimeAsync(100)
  expect(seqsOf(await polled)).toEqual([1, 2, 3])
  expect(vi.getTimerCount()).toBe(0)
})

test('nothing in time is nothing, and leaves no timer', async () => {
  vi.useFakeTimers()
  const polled = poll(log(), {})
  await vi.advanceTimersByTimeAsync(FOREVER)
  expect(await polled).toBe('')
  expect(vi.getTimerCount()).toBe(0)
})

test('a time that is over ends it with what there is; the rest is for the next', async () => {
  vi.useFakeTimers()
  const one = log()
  const over = new AbortController()
  const polled = poll(one, { signal: over.signal })
  void one.append(SESSION, titles('a'))
  await vi.advanceTimersByTimeAsync(20)
  over.abort()
  void one.append(SESSION, titles('b'))
  await vi.advanceTimersByTimeAsync(20)
  expect(seqsOf(await polled)).toEqual([1])
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  expect(seqsOf(await poll(one, { after: 1, waitMs: 0 }))).toEqual([2])
})

test('a log that is long is given in pieces of a bounded size, without a gap', async () => {
  const one = log()
  for (let count = 0; count < 12; count += 1) await one.append(SESSION, titles(...Array.from({ length: 500 }, () => 'x'.repeat(1_000))))
  let cursor = 0
  let polls = 0
  while (cursor < 6_000) {
    const frames = await poll(one, { after: cursor, waitMs: 0 })
    expect(frames.length).toBeLessThan(2_500_000)
    for (const seq of seqsOf(frames)) expect(seq).toBe(++cursor)
    polls += 1
  }
  expect(polls).toBeGreaterThan(3)
})

test('a run whose server stops before its end is said to be not over', async () => {
  const bus = createMemoryBus()
  const facts = { hasSession: () => true, runningEpoch: () => undefined, finishedBefore: () => new Map() }
  const one = createEventLog(createMemoryStorage(facts), bus)
  await one.append(SESSION, [{ type: 'llm:thinking', runId: 'r1', step: 1, usage: NO_USAGE }])
  const frames = runFrames(one, { sessionId: SESSION, runId: 'r1', after: 0 }, new AbortController().signal)
  expect(seqsOf((await frames.next()).value ?? '')).toEqual([1])
  await bus.close()
  const last = createDecoder().push(new TextEncoder().encode((await frames.next()).value ?? ''))
  expect(last).toMatchObject([{ event: 'error', data: expect.stringContaining('"code":"unavailable"') }])
  expect((await frames.next()).done).toBe(true)
})
