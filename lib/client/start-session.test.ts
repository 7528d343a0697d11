import { beforeEach, expect, test, vi } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { readDraft, writeDraft } from './drafts.ts'
import { unsentFirstMessage } from './first-message.ts'
import { startSession } from './start-session.ts'
import { writeStored } from './storage.ts'

const lost = new AppError('unavailable', 'The server cannot be reached.')
const createSession = vi.fn()
const sendMessage = vi.fn()
const updateSession = vi.fn()
const api = { createSession, updateSession, sendMessage }
/** The id that was asked for, of each session. */
const made = (): string[] => createSession.mock.calls.map(([{ id }]) => id)
const sent = () => sendMessage.mock.calls.map(([sessionId, message]) => [sessionId, message.text])

beforeEach(() => {
  writeStored('rill:first-message', null)
  writeDraft(null, '')
  createSession.mockReset().mockResolvedValue({})
  updateSession.mockReset().mockResolvedValue({})
  sendMessage.mockReset().mockResolvedValue({})
})

test('makes a session, and sends the message to it', async () => {
  const sessionId = await startSession('hello', api)
  expect(made()).toEqual([sessionId])
  expect(sent()).toEqual([[sessionId, 'hello']])
  expect(unsentFirstMessage()).toBeNull()
})

test('after a lost answer, the same text is the same message in the same session', async () => {
  sendMessage.mockRejectedValueOnce(lost)
  await expect(startSession('hello', api)).rejects.toBe(lost)
  expect(readDraft(null)).toBe('hello')
  const sessionId = await startSession('hello', api)
  const [first, second] = sendMessage.mock.calls
  expect(second).toEqual(first)
  expect(made()).toEqual([sessionId])
  expect(readDraft(null)).toBe('')
})

test('a model that was chosen after a failure answers, and is asked for once', async () => {
  const [model, other] = [{ model: 'openai/one' }, { model: 'openai/other' }]
  sendMessage.mockRejectedValueOnce(lost).mockRejectedValueOnce(lost)
  await expect(startSession('hello', api, model)).rejects.toBe(lost)
  expect(createSession).toHaveBeenCalledWith({ id: expect.any(String), ...model })
  await expect(startSession('hello', api, other)).rejects.toBe(lost)
  expect(updateSession.mock.calls).toEqual([[made()[0], { ...other, reasoningEffort: null }]])
  expect(updateSession.mock.invocationCallOrder[0]).toBeLessThan(sendMessage.mock.invocationCallOrder[1] ?? 0)
  expect(await startSession('hello', api, other)).toBe(made()[0])
  expect(updateSession).toHaveBeenCalledTimes(1)
  expect(createSession).toHaveBeenCalledTimes(1)
})

test('a model that cannot be chosen keeps the message back', async () => {
  const refused = new AppError('invalid-request', 'The model is not configured.')
  sendMessage.mockRejectedValueOnce(lost)
  updateSession.mockRejectedValueOnce(refused)
  await expect(startSession('hello', api)).rejects.toBe(lost)
  await expect(startSession('hello', api, { model: 'openai/none' })).rejects.toBe(refused)
  expect(sendMessage).toHaveBeenCalledTimes(1)
  expect(unsentFirstMessage()).toBe('hello')
})

test('another text is another session', async () => {
  sendMessage.mockRejectedValueOnce(lost)
  await expect(startSession('hello', api)).rejects.toBe(lost)
  expect(await startSession('hello there', api)).toBe(made()[1])
  expect(made()[1]).not.toBe(made()[0])
})

test('so is the same text much later', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    sendMessage.mockRejectedValueOnce(lost)
    await expect(startSession('hello', api)).rejects.toBe(lost)
    vi.setSystemTime(Date.now() + 11 * 60_000)
    expect(await startSession('hello', api)).toBe(made()[1])
  } finally {
    vi.useRealTimers()
  }
})

test('when the session is gone meanwhile, it begins again', async () => {
  sendMessage.mockRejectedValueOnce(lost).mockRejectedValueOnce(new AppError('not-found', 'There is nothing here.'))
  await expect(startSession('hello', api)).rejects.toBe(lost)
  const second = await startSession('hello', api)
  const [first] = made()
  expect(made()).toEqual([first, second])
  expect(sent()).toEqual([
    [first, 'hello'],
    [first, 'hello'],
    [second, 'hello'],
  ])
})

test('a session of which it is not known whether it was made is asked for by the same id', async () => {
  const unreached = new AppError('unavailable', 'The server cannot be reached.', { cause: new TypeError('no network') })
  createSession.mockRejectedValueOnce(unreached)
  await expect(startSession('hello', api)).rejects.toBe(unreached)
  const sessionId = await startSession('hello', api)
  expect(made()).toEqual([sessionId, sessionId])
  expect(sent()).toEqual([[sessionId, 'hello']])
})

test('when the id is another’s by then, it begins again', async () => {
  const unreached = new AppError('unavailable', 'The server cannot be reached.', { cause: new TypeError('no network') })
  createSession.mockRejectedValueOnce(unreached).mockRejectedValueOnce(new AppError('conflict', 'Another session has this id.'))
  await expect(startSession('hello', api)).rejects.toBe(unreached)
  const sessionId = await startSession('hello', api)
  expect(made()).toHaveLength(3)
  expect(sent()).toEqual([[sessionId, 'hello']])
})

test('when no session can be made, nothing is sent', async () => {
  createSession.mockReset().mockRejectedValue(lost)
  await expect(startSession('hello', api)).rejects.toBe(lost)
  expect(sendMessage).not.toHaveBeenCalled()
})

test('what was kept and cannot be read is passed over', async () => {
  for (const kept of ['', '{', '{"text":1}', 'null', '{"sessionId":"s","text":"hello","messageId":"m","at":1}']) {
    writeStored('rill:first-message', kept)
    expect(unsentFirstMessage()).toBeNull()
  }
})

test('a message is kept from before its session is made, unless that was refused', async () => {
  const unreached = new AppError('unavailable', 'The server cannot be reached.', { cause: new TypeError('no network') })
  createSession.mockImplementationOnce(async () => {
    expect(unsentFirstMessage()).toBe('hello')
    throw unreached
  })
  await expect(startSession('hello', api)).rejects.toBe(unreached)
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(Date.now() + 24 * 60 * 60_000)
  expect(readDraft(null)).toBe('hello')
  vi.useRealTimers()
  createSession.mockRejectedValueOnce(new AppError('invalid-request', 'no'))
  await expect(startSession('hello', api)).rejects.toThrow('no')
  expect(readDraft(null)).toBe('')
})
