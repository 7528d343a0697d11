import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { api, isUnreached } from './api.ts'
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

test('an answer that breaks off on its way is as none', async () => {
  const body = new ReadableStream({ start: (controller) => controller.error(brokenOff) })
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body)),
  )
  const outcome = send()
  await vi.waitFor(() => expect(isUnreached(outcome.error)).toBe(true))
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

describe('what a proxy answers for a server that broke off', () => {
  const broken = async () => new Response('<html>', { status: 502 })

  test('is not asked again where asking twice would be two', async () => {
    const fetch = vi.fn(broken)
    vi.stubGlobal('fetch', fetch)
    await expect(api.retry('s')).rejects.toMatchObject({ code: 'unavailable' })
    await expect(api.regenerate('s', { messageId: 'm' })).rejects.toMatchObject({ code: 'unavailable' })
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  test('is asked again where it is one and the same', async () => {
    const fetch = vi.fn(broken).mockImplementationOnce(broken).mockResolvedValueOnce(Response.json({}))
    vi.stubGlobal('fetch', fetch)
    const renamed = api.renameSession('s', 'title')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await renamed).toEqual({})
  })

  test('and does not stop answering has not reached it: what was sent may be sent later; what is refused may not', async () => {
    vi.stubGlobal('fetch', vi.fn(broken))
    const outcome = send()
    await vi.advanceTimersByTimeAsync(31_000)
    expect(isUnreached(outcome.error)).toBe(true)
    vi.stubGlobal(
      'fetch',
      vi.fn(async () => new Response('<html>', { status: 413 })),
    )
    const refused = send()
    await vi.advanceTimersByTimeAsync(0)
    expect(refused.error).toMatchObject({ code: 'unavailable' })
    expect(isUnreached(refused.error)).toBe(false)
  })
})
