import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FakeStorage } from '../testing/fake-storage.ts'
import { listedSession } from '../testing/list-server.ts'
import { isToldWhileHidden, type TellOptions, tellingNow, tellOf, turnOff, turnOn } from './tell.ts'

let notes: { title: string; body: string; tag: string; onclick?: () => void; isClosed?: boolean }[]
let title: string

class Noted {
  static permission: NotificationPermission = 'granted'
  static requestPermission = async () => {
    Noted.permission = 'granted'
    return Noted.permission
  }
  constructor(name: string, { body = '', tag = '' }: NotificationOptions) {
    notes.push(Object.assign(this, { title: name, body, tag, close: () => Object.assign(this, { isClosed: true }) }))
  }
}

function openPage(path: string, hidden: boolean): void {
  vi.stubGlobal('location', { pathname: path })
  vi.stubGlobal('window', { focus: vi.fn() })
  const page = {
    hidden,
    addEventListener() {},
    get title() {
      return title
    },
    set title(next: string) {
      title = next
    },
  }
  vi.stubGlobal('document', page)
}

beforeEach(() => {
  notes = []
  title = 'Rill'
  Noted.permission = 'granted'
  vi.stubGlobal('Notification', Noted)
  vi.stubGlobal('localStorage', new FakeStorage())
  openPage('/', true)
})
afterEach(() => void vi.unstubAllGlobals())

const session = listedSession('s1', { title: 'Rivers' })
const tell = (kind: 'done' | 'waits', options: Partial<TellOptions> = {}) =>
  tellOf({ kind, session }, { isLeading: true, onPress() {}, ...options })

test('the tab that leads tells of what nobody sees; a press opens it', () => {
  const onPress = vi.fn()
  tell('done', { onPress })
  tell('waits')
  expect(notes).toMatchObject([
    { title: 'Rivers', body: 'The answer has ended.', tag: 'rill:s1:done' },
    { title: 'Rivers', body: 'It waits for you.', tag: 'rill:s1:waits' },
  ])
  notes[0]?.onclick?.()
  expect(onPress).toHaveBeenCalledExactlyOnceWith('s1')
  expect(notes[0]?.isClosed).toBe(true)
  expect(title).toBe('Rill')
})

test('it is not told by another tab, of what another tab shows, or what is seen here', () => {
  tell('done', { isLeading: false })
  tell('done', { isShown: true })
  openPage('/chat/s1', false)
  tell('done')
  expect(notes).toEqual([])
  expect(title).toBe('Rill')
})

test('a hidden tab of the session says it in its title, whoever leads', () => {
  openPage('/chat/s1', true)
  tell('waits', { isLeading: false })
  expect(title).toBe('Waits for you · Rivers · Rill')
  expect(notes).toEqual([])
})

test('nothing is told that the user does not want, or was not asked about', async () => {
  Noted.permission = 'default'
  expect(tellingNow()).toBe('unasked')
  tell('done')
  expect(await turnOn()).toBe('on')
  expect(turnOff()).toBe('off')
  tell('done')
  expect(notes).toEqual([])
  expect(await turnOn()).toBe('on')
  tell('done')
  expect(notes.length).toBe(1)
  Noted.permission = 'denied'
  expect(tellingNow()).toBe('blocked')
  expect(isToldWhileHidden()).toBe(false)
})

test('a browser that has them for workers only is remembered', () => {
  vi.stubGlobal(
    'Notification',
    class {
      static permission = 'granted'
      constructor() {
        throw new TypeError('Illegal constructor.')
      }
    },
  )
  tell('done')
  expect(tellingNow()).toBe('unsupported')
  expect(isToldWhileHidden()).toBe(false)
})
