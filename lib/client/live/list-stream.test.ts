import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ListChange } from '#lib/protocol/index.ts'
import { heldBack } from '../held-back.ts'
import { listedSession, makeListServer } from '../testing/list-server.ts'
import { followList } from './list-stream.ts'

let server: ReturnType<typeof makeListServer>
let said: (ListChange | boolean)[]
let leave: AbortController

beforeEach(() => {
  vi.useFakeTimers()
  server = makeListServer()
  vi.stubGlobal('fetch', server.fetch)
  said = []
  leave = new AbortController()
})
afterEach(() => {
  heldBack.forget()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

const follow = () => followList({ onChange: (change) => said.push(change), onLive: (isLive) => said.push(isLive) }, leave.signal)
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const page: ListChange = { type: 'list:page', sessions: [], nextCursor: null }
const changed: ListChange = { type: 'list:changed', session: listedSession('a') }

test('the page comes first, then each change; it is live from the page on', async () => {
  const following = follow()
  await pass(10)
  server.say(changed)
  await pass(1)
  expect(said).toEqual([page, true, changed])
  leave.abort()
  await following
  expect(server.streams.size).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
  expect(said.length).toBe(3)
})

test('a line that breaks is not live, and the next begins with the page', async () => {
  void follow()
  await pass(10)
  server.breakOff()
  await pass(1)
  expect(said).toEqual([page, true, false])
  await pass(300)
  expect(said).toEqual([page, true, false, page, true])
  leave.abort()
})

test('a server that is away is asked ever more seldom, and found again', async () => {
  server.isAway = true
  void follow()
  await pass(60_000)
  expect(server.asked.stream).toBeGreaterThan(5)
  expect(server.asked.stream).toBeLessThan(25)
  expect(new Set(said)).toEqual(new Set([false]))
  server.isAway = false
  await pass(10_100)
  expect(said.slice(-2)).toEqual([page, true])
  leave.abort()
})

test('a stream that is silent is given up', async () => {
  void follow()
  await pass(10)
  await pass(35_000)
  expect(said).toEqual([page, true, false])
  leave.abort()
})

test('where streams are held back none is opened, until they are not any more', async () => {
  heldBack.note()
  void follow()
  await pass(30_000)
  expect(server.asked.stream).toBe(0)
  heldBack.forget()
  await pass(10_100)
  expect(said.slice(-2)).toEqual([page, true])
  leave.abort()
})
