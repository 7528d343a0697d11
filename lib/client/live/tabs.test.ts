import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Channels } from '../testing/channels.ts'
import { createTabs, type Role, type Tabs, type Turn } from './tabs.ts'

let channels: Channels
beforeEach(() => {
  vi.useFakeTimers()
  channels = new Channels()
})
afterEach(() => void vi.useRealTimers())

interface Tab {
  tabs: Tabs
  roles: Role[]
  data: unknown[]
  /** The last that it was given. */
  turn: Turn
  leave: () => void
  isHidden: boolean
  crash: () => void
}

function openTab(topic = 'session:a', isHidden = false): Tab {
  const channel = channels.open()
  const leave = new AbortController()
  const tab = { roles: [] as Role[], data: [] as unknown[], isHidden, crash: channel.crash, leave: () => leave.abort() } as Tab
  tab.tabs = createTabs({ channel, isHidden: () => tab.isHidden })
  const onRole = (role: Role, turn: Turn) => {
    expect(tab.turn?.ended.aborted).not.toBe(false)
    tab.roles.push(role)
    tab.turn = turn
  }
  tab.tabs.join(topic, { onRole, onData: (data) => tab.data.push(data) }, leave.signal)
  return tab
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)
const role = (tab: Tab) => tab.roles.at(-1)
const leaders = (tabs: Tab[]) => tabs.filter((tab) => role(tab) === 'leads')

test('the first leads, at once; those that come later listen, and are told', async () => {
  const first = openTab()
  expect(first.roles).toEqual(['leads'])
  await pass(10)
  const others = Array.from({ length: 19 }, () => openTab())
  await pass(10)
  expect(first.roles).toEqual(['leads'])
  expect(others.map(role)).toEqual(others.map(() => 'listens'))
  first.turn.send('hello')
  others[0]?.turn.send('is not heard')
  await pass(10)
  expect(others.map(({ data }) => data)).toEqual(others.map(() => ['hello']))
  expect(first.data).toEqual([])
})

test('of twenty that begin at the same moment one leads', async () => {
  const tabs = Array.from({ length: 20 }, () => openTab())
  await pass(10)
  expect(leaders(tabs)).toHaveLength(1)
})

test('when the one that leads leaves, another does within a moment; when it is lost, within seconds', async () => {
  const tabs = Array.from({ length: 5 }, () => openTab())
  await pass(10)
  for (const end of ['leave', 'crash'] as const) {
    const [leader] = leaders(tabs)
    if (!leader) throw new Error('None leads.')
    if (end === 'leave') leader.leave()
    else leader.crash()
    tabs.splice(tabs.indexOf(leader), 1)
    await pass(end === 'leave' ? 150 : 9_000)
    expect(leaders(tabs)).toHaveLength(1)
  }
})

test('hidden tabs, which browsers wake once a minute, leave the one that leads in its place, and miss one that is lost', async () => {
  const { setInterval } = globalThis
  const slow = vi.spyOn(globalThis, 'setInterval').mockImplementation(((beat: () => void) => setInterval(beat, 60_000)) as never)
  const tabs: Tab[] = []
  while (tabs.length < 4) {
    tabs.push(openTab('list', true))
    await pass(13_000)
  }
  const [leader] = leaders(tabs)
  if (!leader) throw new Error('None leads.')
  for (const tab of tabs) tab.roles.length = 0
  await pass(300_000)
  expect(tabs.map(({ roles }) => roles)).toEqual([[], [], [], []])
  leader.crash()
  await pass(61_000)
  expect(leaders(tabs)).toHaveLength(1)
  slow.mockRestore()
})

test('one that is seen leads before one that is hidden', async () => {
  const hidden = openTab('list', true)
  await pass(10)
  const seen = openTab('list')
  await pass(10)
  expect([role(hidden), role(seen)]).toEqual(['listens', 'leads'])
  hidden.isHidden = false
  seen.isHidden = true
  await pass(2_000)
  expect([role(hidden), role(seen)]).toEqual(['leads', 'listens'])
})

test('beyond three sessions, what is read is read now and then, until there is room', async () => {
  const tabs: Tab[] = []
  for (const name of 'abcde') {
    tabs.push(openTab(`session:${name}`))
    await pass(10)
  }
  const list = openTab('list')
  await pass(2_000)
  expect(tabs.map(role)).toEqual(['leads', 'leads', 'leads', 'polls', 'polls'])
  expect(role(list)).toBe('leads')
  tabs[1]?.leave()
  await pass(10)
  expect(tabs.map(role)).toEqual(['leads', 'leads', 'leads', 'leads', 'polls'])
})

test('of twenty sessions, the two that stay are read as soon as the others are hidden, and have left', async () => {
  const tabs: Tab[] = []
  while (tabs.length < 20) {
    tabs.push(openTab(`session:${tabs.length}`))
    await pass(50)
  }
  const staying = tabs.slice(18)
  expect(staying.map(role)).toEqual(['polls', 'polls'])
  for (const tab of tabs.slice(0, 18)) {
    tab.isHidden = true
    await pass(30)
  }
  await pass(2_000)
  expect(staying.map(role)).toEqual(['leads', 'leads'])
  for (const tab of tabs.slice(0, 18)) tab.leave()
  await pass(150)
  expect(leaders(staying)).toHaveLength(2)
})

test('it is known what somebody sees', async () => {
  const one = openTab('session:a')
  const two = openTab('session:b')
  await pass(10)
  expect(one.tabs.isShown('session:b')).toBe(true)
  expect(one.tabs.isShown('session:a')).toBe(true)
  expect(one.tabs.isShown('session:c')).toBe(false)
  two.isHidden = true
  await pass(2_000)
  expect(one.tabs.isShown('session:b')).toBe(false)
  two.leave()
  one.leave()
  expect([one, two].map(({ turn }) => turn.ended.aborted)).toEqual([true, true])
  await pass(500)
  expect(vi.getTimerCount(), 'timers that are left').toBe(0)
})
