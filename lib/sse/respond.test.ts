import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { HEARTBEAT_MS, respondWithStream } from './respond.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A source that gives what is put, and notes when it was left. */
function makeSource() {
  let wake = Promise.withResolvers<string>()
  async function* frames(signal: AbortSignal) {
    while (!signal.aborted) {
      const frame = await wake.promise
      wake = Promise.withResolvers()
      yield frame
    }
  }
  const source = {
    signal: undefined as AbortSignal | undefined,
    open(signal: AbortSignal) {
      source.signal = signal
      signal.addEventListener('abort', () => {
        // Also where nobody waits for it.
        wake.promise.catch(() => {})
        wake.reject(new Error('left'))
      })
      return frames(signal)
    },
    put: (frame: string) => wake.resolve(frame),
    fail: (error: Error) => wake.reject(error),
  }
  return source
}

function readerOf(response: Response) {
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const utf8 = new TextDecoder()
  return { next: async () => utf8.decode((await reader.read()).value), leave: () => reader.cancel() }
}

test('says something at once, then each batch as one piece', async () => {
  const source = makeSource()
  const response = respondWithStream(source.open)
  expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  expect(response.headers.get('x-accel-buffering')).toBe('no')
  const reader = readerOf(response)
  expect(await reader.next()).toMatch(/^:/)
  source.put('id: 1\ndata: a\n\nid: 2\ndata: b\n\n')
  expect(await reader.next()).toBe('id: 1\ndata: a\n\nid: 2\ndata: b\n\n')
  await reader.leave()
})

test('a heartbeat comes every 15 s, whatever was written between', async () => {
  const source = makeSource()
  const reader = readerOf(respondWithStream(source.open))
  await reader.next()
  await vi.advanceTimersByTimeAsync(1_000)
  source.put('data: a\n\n')
  expect(await reader.next()).toBe('data: a\n\n')
  const heartbeat = reader.next()
  await vi.advanceTimersByTimeAsync(HEARTBEAT_MS - 1_000)
  expect(await heartbeat).toMatch(/^:/)
  await reader.leave()
})

test('a reader that takes nothing gathers no heartbeats', async () => {
  const source = makeSource()
  const response = respondWithStream(source.open)
  await vi.advanceTimersByTimeAsync(20 * HEARTBEAT_MS)
  const reader = readerOf(response)
  await reader.next()
  source.put('data: a\n\n')
  expect(await reader.next()).toBe('data: a\n\n')
  await reader.leave()
})

test('when the reader leaves, so does the source, and no timer is left', async () => {
  const source = makeSource()
  const onError = vi.fn()
  const reader = readerOf(respondWithStream(source.open, { onError }))
  await reader.next()
  await reader.leave()
  expect(source.signal?.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  expect(onError).not.toHaveBeenCalled()
})

test('the request that aborts ends the source', async () => {
  const source = makeSource()
  const request = new AbortController()
  const reader = readerOf(respondWithStream(source.open, { signal: request.signal, onError: () => {} }))
  await reader.next()
  request.abort()
  expect(source.signal?.aborted).toBe(true)
  await reader.leave().catch(() => {})
  expect(vi.getTimerCount()).toBe(0)
})

test('a source that fails cuts the stream and is told of', async () => {
  const source = makeSource()
  const onError = vi.fn()
  const reader = readerOf(respondWithStream(source.open, { onError }))
  await reader.next()
  const failure = new Error('The log is away.')
  source.fail(failure)
  await expect(reader.next()).rejects.toBe(failure)
  expect(onError).toHaveBeenCalledWith(failure)
  expect(vi.getTimerCount()).toBe(0)
})

test('a source that waits to be asked for more is left too', async () => {
  const left = vi.fn()
  async function* source() {
    try {
      for (let count = 0; ; count += 1) yield `data: ${count}\n\n`
    } finally {
      left()
    }
  }
  const reader = readerOf(respondWithStream(source))
  await reader.next()
  expect(await reader.next()).toBe('data: 0\n\n')
  await reader.leave()
  expect(left).toHaveBeenCalledTimes(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('a response that nobody reads holds no timer', () => {
  const source = makeSource()
  respondWithStream(source.open)
  expect(vi.getTimerCount()).toBe(0)
})
