import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { SessionPage } from '#lib/protocol/index.ts'
import { heldBack } from '../held-back.ts'
import { Channels } from '../testing/channels.ts'
import { listedSession, makeListServer } from '../testing/list-server.ts'
import { withChange } from './list-change.ts'
import { followSharedList } from './shared-list.ts'
import { createTabs } from './tabs.ts'

let server: ReturnType<typeof makeListServer>
let channels: Channels

beforeEach(() => {
  vi.useFakeTimers()
  server = makeListServer()
  channels = new Channels()
  vi.stubGlobal('fetch', server.fetch)
})
afterEach(() => {
  heldBack.forget()
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function openTab() {
  const leave = new AbortController()
  const channel = channels.open()
  const tab = { page: { sessions: [], nextCursor: null } as SessionPage, led: [] as boolean[], isLive: false, leave: () => leave.abort() }
  const options = {
    onChange(change: Parameters<typeof withChange>[1], isLeading: boolean) {
      tab.page = withChange(tab.page, change)
      tab.led.push(isLeading)
    },
    onLive(isLive: boolean) {
      tab.isLive = isLive
    },
  }
  followSharedList(options, leave.signal, createTabs({ channel, isHidden: () => false }))
  return tab
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const ids = ({ page }: ReturnType<typeof openTab>) => page.sessions.map(({ id }) => id).join('')
const change = (id: string) => server.say({ type: 'list:changed', session: listedSession(id) })

test('tabs follow the list over one stream, and a tab that leaves hands it on', async () => {
  server.sessions = [listedSession('a')]
  const tabs = [openTab(), openTab(), openTab()]
  await pass(200)
  change('b')
  await pass(10)
  expect(server.streams.size).toBe(1)
  expect(tabs.map(ids)).toEqual(['ba', 'ba', 'ba'])
  expect(tabs.map(({ isLive }) => isLive)).toEqual([true, true, true])
  expect(tabs.map(({ led }) => led.at(-1)).sort()).toEqual([false, false, true])
  const leader = tabs.findIndex(({ led }) => led.at(-1))
  tabs[leader]?.leave()
  tabs.splice(leader, 1)
  server.sessions = [listedSession('c')]
  await pass(500)
  change('d')
  await pass(10)
  expect(server.streams.size).toBe(1)
  expect(tabs.map(ids)).toEqual(['dc', 'dc'])
  for (const tab of tabs) tab.leave()
  await pass(500)
  expect(server.streams.size).toBe(0)
  expect(vi.getTimerCount(), 'timers that are left').toBe(0)
})

test('what comes while a tab asks for the page is taken after it', async () => {
  const first = openTab()
  await pass(100)
  const second = openTab()
  await pass(1)
  change('n')
  await pass(10)
  expect([first, second].map(ids)).toEqual(['n', 'n'])
  first.leave()
  second.leave()
})

test('a tab that cannot have the page asks again', async () => {
  const first = openTab()
  await pass(100)
  server.isAway = true
  const second = openTab()
  await pass(1_500)
  expect(second.isLive).toBe(false)
  server.isAway = false
  server.sessions = [listedSession('a')]
  await pass(1_100)
  expect(second.isLive).toBe(true)
  expect(ids(second)).toBe('a')
  first.leave()
  second.leave()
})

test('where streams are held back all are told so, and the list is followed when they are not any more', async () => {
  heldBack.note()
  const tabs = [openTab(), openTab()]
  await pass(5_000)
  expect(tabs.map(({ isLive }) => isLive)).toEqual([false, false])
  heldBack.forget()
  await pass(15_000)
  expect(server.streams.size).toBe(1)
  expect(tabs.map(({ isLive }) => isLive)).toEqual([true, true])
  for (const tab of tabs) tab.leave()
})
