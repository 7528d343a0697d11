import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { api } from './api.ts'
import { noteLeaving } from './leaving.ts'

const brokenOff = new TypeError('Failed to fetch')

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('fetch', vi.fn().mockRejectedValue(brokenOff))
})

afterEach(async () => {
  // Long after any page was left.
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Calls the API, and says whether it has failed yet. */
function send(): { error: unknown } {
  const outcome = { error: undefined as unknown }
  api.sendMessage('s', { id: 'm', text: 'hello' }).catch((error: unknown) => {
    outcome.error = error
  })
  return outcome
}

test('a server that is not reached is said at once', async () => {
  const outcome = send()
  await vi.advanceTimersByTimeAsync(0)
  expect(outcome.error).toMatchObject({ code: 'unavailable', cause: brokenOff })
})

test('a request that breaks off because the page is left has not failed', async () => {
  noteLeaving()
  const outcome = send()
  await vi.advanceTimersByTimeAsync(9_900)
  expect(outcome.error).toBeUndefined()
})

test('when the page stays after all, the failure is said', async () => {
  noteLeaving()
  const outcome = send()
  await vi.advanceTimersByTimeAsync(10_000)
  expect(outcome.error).toMatchObject({ code: 'unavailable' })
})

test('a server that asks to come back is asked again, with the same message, until it answers', async () => {
  const busy = () =>
    Response.json({ error: { code: 'unavailable', message: 'Being replaced.' } }, { status: 503, headers: { 'Retry-After': '2' } })
  const accepted = { messageId: 'm', runId: 'r', cursor: 1 }
  const fetch = vi
    .fn()
    .mockResolvedValueOnce(busy())
    .mockResolvedValueOnce(new Response('<html>', { status: 502 }))
    .mockResolvedValueOnce(Response.json(accepted))
  vi.stubGlobal('fetch', fetch)
  const sent = api.sendMessage('s', { id: 'm', text: 'hello' })
  await vi.advanceTimersByTimeAsync(1_900)
  expect(fetch).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(1_200)
  expect(await sent).toEqual(accepted)
  expect(new Set(fetch.mock.calls.map(([, { body }]) => body)).size).toBe(1)
})

test('a server that does not come back has failed after half a minute', async () => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => Response.json({ error: { code: 'unavailable', message: 'Being replaced.' } }, { status: 503 })),
  )
  const outcome = send()
  await vi.advanceTimersByTimeAsync(28_000)
  expect(outcome.error).toBeUndefined()
  await vi.advanceTimersByTimeAsync(3_000)
  expect(outcome.error).toMatchObject({ code: 'unavailable', message: 'Being replaced.' })
})
