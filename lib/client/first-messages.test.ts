import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { createFirstMessages } from './first-messages.ts'
import { NO_SETTINGS } from './model-settings.ts'
import { storedOutbox } from './outbox.ts'
import type { StartApi } from './start-session.ts'
import { starts } from './starts.ts'
import { FakeStorage } from './testing/fake-storage.ts'

const lost = new AppError('unavailable', 'The server cannot be reached.', { recoverable: true })
const refusal = new AppError('invalid-request', 'Not now.')
const SETTINGS = { model: 'openai/one', reasoningEffort: null }

const createSession = vi.fn()
const sendMessage = vi.fn()
const updateSession = vi.fn()
const snapshot = vi.fn()
const api = { createSession, updateSession, sendMessage, snapshot } as unknown as StartApi
/** The id that was asked for, of each session. */
const made = (): string[] => createSession.mock.calls.map(([{ id }]) => id)
const sent = () => sendMessage.mock.calls.map(([sessionId, message]) => [sessionId, message.text])
const texts = (tab: Tab) => tab.messages.get().map(({ text }) => text)

let events: EventTarget

/** A tab of the browser: what it keeps for itself outlives its reloads. */
interface Tab {
  session: FakeStorage
  messages: ReturnType<typeof createFirstMessages>
}

function openTab(session = new FakeStorage()): Tab {
  vi.stubGlobal('sessionStorage', session)
  return { session, messages: createFirstMessages(api) }
}

beforeEach(() => {
  vi.useFakeTimers()
  events = new EventTarget()
  vi.stubGlobal('addEventListener', events.addEventListener.bind(events))
  vi.stubGlobal('removeEventListener', events.removeEventListener.bind(events))
  vi.stubGlobal('localStorage', new FakeStorage())
  createSession.mockReset().mockImplementation(async (asked) => ({ model: null, reasoningEffort: null, ...asked }))
  updateSession.mockReset().mockResolvedValue({})
  sendMessage.mockReset().mockResolvedValue({})
  snapshot.mockReset().mockResolvedValue({})
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

const settle = () => vi.advanceTimersByTimeAsync(0)

test('makes a session as it was chosen, and sends the message to it', async () => {
  const { messages } = openTab()
  const sessionId = await messages.begin('hello', SETTINGS)
  expect(createSession.mock.calls).toEqual([[{ id: sessionId, model: 'openai/one' }]])
  expect(sent()).toEqual([[sessionId, 'hello']])
  expect([starts.all(), storedOutbox.load(sessionId ?? '')]).toEqual([[], []])
})

test('while the server is not reached the message waits, through a reload, and goes out when the network is back', async () => {
  createSession.mockRejectedValue(lost)
  const before = openTab()
  void before.messages.begin('hello', NO_SETTINGS)
  await settle()
  expect(before.messages.get()).toMatchObject([{ text: 'hello', status: 'failed', isWaiting: true, isOwn: true }])

  const { messages } = openTab(before.session)
  messages.open()
  await settle()
  expect(messages.get()).toMatchObject([{ text: 'hello', status: 'failed', isWaiting: true, isOwn: true }])
  createSession.mockResolvedValue(NO_SETTINGS)
  const arriving = messages.bring(messages.own() ?? '')
  events.dispatchEvent(new Event('online'))
  const sessionId = await arriving
  expect(new Set(made())).toEqual(new Set([sessionId]))
  expect(new Set(sendMessage.mock.calls.map(([, { id }]) => id)).size).toBe(1)
  expect(starts.all()).toEqual([])
})

test('one that waits is tried again by itself, ever less often, and at once when it is told to', async () => {
  createSession.mockRejectedValue(lost)
  const { messages } = openTab()
  void messages.begin('hello', NO_SETTINGS)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(createSession).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(3_000)
  expect(createSession).toHaveBeenCalledTimes(2)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(createSession).toHaveBeenCalledTimes(3)
  messages.resend(messages.own() ?? '')
  await settle()
  expect(createSession).toHaveBeenCalledTimes(4)
})

test('when the page is opened again, one that waits still does, and is tried at once', async () => {
  createSession.mockRejectedValue(lost)
  const { messages } = openTab()
  void messages.begin('hello', NO_SETTINGS)
  await settle()
  messages.open()()
  expect(messages.get()).toMatchObject([{ isWaiting: true }])
  await settle()
  expect(createSession).toHaveBeenCalledTimes(2)
})

test('two tabs with the same text make two sessions, and neither loses the other’s', async () => {
  createSession.mockRejectedValueOnce(lost).mockRejectedValueOnce(lost)
  const one = openTab()
  void one.messages.begin('hello', NO_SETTINGS)
  const other = openTab()
  void other.messages.begin('hello', NO_SETTINGS)
  await settle()
  expect(starts.all().map(({ text }) => text)).toEqual(['hello', 'hello'])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(new Set(made()).size).toBe(2)
  expect(sent()).toHaveLength(2)
})

test('what a tab that was closed had kept is sent by the next; it is shown when it has to wait', async () => {
  starts.keep({ sessionId: 's1', messageId: 'm1', text: 'kept', settings: NO_SETTINGS })
  createSession.mockRejectedValueOnce(lost)
  const tab = openTab()
  tab.messages.open()
  expect(texts(tab)).toEqual([])
  await settle()
  expect(tab.messages.get()).toMatchObject([{ text: 'kept', isWaiting: true, isOwn: false }])
  await vi.advanceTimersByTimeAsync(2_000)
  expect(sent()).toEqual([['s1', 'kept']])
  expect(texts(tab)).toEqual([])
})

test('when another tab has made the session, this one learns of it and goes there too', async () => {
  createSession.mockRejectedValueOnce(lost)
  const { messages } = openTab()
  const arriving = messages.begin('hello', NO_SETTINGS)
  messages.open()
  await settle()
  const sessionId = messages.own() ?? ''
  starts.drop(sessionId)
  events.dispatchEvent(new Event('storage'))
  expect(await arriving).toBe(sessionId)
  expect(createSession).toHaveBeenCalledTimes(1)
})

test('when another tab has discarded the message, no session is made', async () => {
  createSession.mockRejectedValueOnce(lost)
  snapshot.mockRejectedValueOnce(new AppError('not-found', 'There is nothing here.'))
  const { messages } = openTab()
  const arriving = messages.begin('hello', NO_SETTINGS)
  messages.open()
  await settle()
  starts.drop(messages.own() ?? '')
  events.dispatchEvent(new Event('storage'))
  expect(await arriving).toBeNull()
  expect([messages.get(), messages.own(), made().length]).toEqual([[], null, 1])
})

test('what is discarded is not sent, also when its session is being made', async () => {
  const { messages } = openTab()
  const making = Promise.withResolvers<object>()
  createSession.mockReturnValueOnce(making.promise)
  const arriving = messages.begin('hello', NO_SETTINGS)
  messages.discard(messages.own() ?? '')
  making.resolve(NO_SETTINGS)
  expect(await arriving).toBeNull()
  expect(sent()).toEqual([])
  expect([messages.get(), starts.all()]).toEqual([[], []])
})

test('what is refused is kept, with why, and sent when it is told to', async () => {
  createSession.mockRejectedValueOnce(refusal)
  const before = openTab()
  await expect(before.messages.begin('hello', NO_SETTINGS)).rejects.toBe(refusal)
  const { messages } = openTab(before.session)
  messages.open()
  expect(messages.get()).toMatchObject([{ text: 'hello', status: 'failed', error: 'Not now.', isOwn: false }])
  await settle()
  expect(createSession).toHaveBeenCalledTimes(1)
  messages.resend(messages.get()[0]?.sessionId ?? '')
  await settle()
  expect(sent()).toHaveLength(1)
})

test('when the session is made and the message does not arrive, it is an outgoing message of that session, however late', async () => {
  sendMessage.mockRejectedValueOnce(lost).mockRejectedValueOnce(refusal)
  const { messages } = openTab()
  const waiting = (await messages.begin('hello', NO_SETTINGS)) ?? ''
  const refused = (await messages.begin('hello', NO_SETTINGS)) ?? ''
  vi.setSystemTime(Date.now() + 24 * 60 * 60_000)
  expect(storedOutbox.load(waiting)).toMatchObject([{ text: 'hello', status: 'failed', isWaiting: true }])
  expect(storedOutbox.load(refused)).toMatchObject([{ text: 'hello', status: 'failed', error: 'Not now.' }])
  expect(starts.all()).toEqual([])
})

test('the message is an outgoing one before it is sent: what is left then is taken up there', async () => {
  const { messages } = openTab()
  sendMessage.mockImplementationOnce(async (sessionId) => {
    expect(storedOutbox.load(sessionId)).toMatchObject([{ text: 'hello', status: 'sending' }])
    return {}
  })
  await messages.begin('hello', NO_SETTINGS)
  expect(sendMessage).toHaveBeenCalledTimes(1)
})

test('while the message is being sent it is shown, whatever other tabs store', async () => {
  const sending = Promise.withResolvers<object>()
  sendMessage.mockReturnValueOnce(sending.promise)
  const { messages } = openTab()
  messages.open()
  const arriving = messages.begin('hello', NO_SETTINGS)
  await settle()
  events.dispatchEvent(new Event('storage'))
  expect(messages.get()).toMatchObject([{ text: 'hello', status: 'sending', isOwn: true }])
  sending.resolve({})
  await arriving
  // Until the session's own page is there.
  expect(messages.get()).toMatchObject([{ text: 'hello', status: 'sending', isOwn: true }])
})

test('a model that was chosen while the message waited answers, also when the session was made before', async () => {
  createSession.mockRejectedValueOnce(lost).mockResolvedValueOnce(SETTINGS)
  const { messages } = openTab()
  const arriving = messages.begin('hello', SETTINGS)
  await settle()
  messages.choose({ model: 'openai/other', reasoningEffort: null })
  events.dispatchEvent(new Event('online'))
  await vi.advanceTimersByTimeAsync(2_000)
  const sessionId = await arriving
  expect(createSession).toHaveBeenLastCalledWith({ id: sessionId, model: 'openai/other' })
  expect(updateSession.mock.calls).toEqual([[sessionId, { model: 'openai/other', reasoningEffort: null }]])
})

test('when the id is another’s by then, it begins again', async () => {
  createSession.mockRejectedValueOnce(lost).mockRejectedValueOnce(new AppError('conflict', 'Another session has this id.'))
  const { messages } = openTab()
  const arriving = messages.begin('hello', NO_SETTINGS)
  const first = messages.own()
  await vi.advanceTimersByTimeAsync(2_000)
  const sessionId = await arriving
  expect(made()).toEqual([first, first, sessionId])
  expect(sessionId).not.toBe(first)
  expect(sent()).toEqual([[sessionId, 'hello']])
})

test('what was kept and cannot be read is passed over', () => {
  for (const kept of ['', '{', '{"text":1}', 'null', '{"sessionId":"s","text":"hello"}']) {
    localStorage.setItem('rill:start:s', kept)
    expect(starts.all()).toEqual([])
  }
})
