import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { type Outgoing, storedOutbox as outbox, unsentSessions } from './outbox.ts'
import { sendElsewhere } from './send-elsewhere.ts'
import { FakeStorage } from './testing/fake-storage.ts'

const sendMessage = vi.fn()
const waiting = (id: string): Outgoing => ({ id, text: `text ${id}`, status: 'failed', error: 'away', isWaiting: true })
const sent = () => sendMessage.mock.calls.map(([sessionId, { id }]) => `${sessionId}/${id}`)
const send = (shown?: string, signal = new AbortController().signal) => sendElsewhere(shown, signal, { sendMessage })

beforeEach(() => {
  vi.stubGlobal('localStorage', new FakeStorage())
  sendMessage.mockReset().mockResolvedValue({})
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('what waits in other sessions is sent in order; the session that is shown, and what was refused, is left alone', async () => {
  outbox.put('a', waiting('2'))
  outbox.put('a', { id: '1', text: 'text 1', mode: 'steer', status: 'sending' })
  outbox.put('a', { id: '3', text: 'text 3', status: 'failed', error: 'refused' })
  outbox.put('b', waiting('4'))
  outbox.put('c', { id: '5', text: 'text 5', status: 'failed', error: 'refused' })
  expect(unsentSessions()).toEqual(['a', 'b'])
  await send('b')
  expect(sent()).toEqual(['a/1', 'a/2'])
  expect(sendMessage).toHaveBeenCalledWith('a', { id: '1', text: 'text 1', mode: 'steer' })
  expect(outbox.load('a').map(({ id }) => id)).toEqual(['3'])
  expect(unsentSessions()).toEqual(['b'])
})

test('what the server refuses is told in its session; what is of one that is gone is kept for the page in its place', async () => {
  outbox.put('a', waiting('1'))
  outbox.put('gone', waiting('2'))
  sendMessage.mockImplementation(async (sessionId: string) => {
    throw new AppError(sessionId === 'a' ? 'conflict' : 'not-found', 'No.')
  })
  await send()
  expect(outbox.load('a')).toEqual([{ id: '1', text: 'text 1', status: 'failed', error: 'No.' }])
  expect(outbox.load('gone')).toEqual([waiting('2')])
})

test('a server that is not reached is tried again, the earlier message first', async () => {
  vi.useFakeTimers()
  outbox.put('a', waiting('1'))
  outbox.put('a', waiting('2'))
  sendMessage.mockRejectedValueOnce(new AppError('unavailable', 'Away.', { recoverable: true }))
  const sending = send()
  await vi.advanceTimersByTimeAsync(0)
  expect(sent()).toEqual(['a/1'])
  await vi.advanceTimersByTimeAsync(30_000)
  await sending
  expect(sent()).toEqual(['a/1', 'a/1', 'a/2'])
  expect(unsentSessions()).toEqual([])
})

test('it ends with the page', async () => {
  outbox.put('a', waiting('1'))
  const left = new AbortController()
  sendMessage.mockImplementation(async () => {
    left.abort()
    throw new AppError('unavailable', 'Away.', { recoverable: true })
  })
  await send(undefined, left.signal)
  expect(sendMessage).toHaveBeenCalledTimes(1)
})
