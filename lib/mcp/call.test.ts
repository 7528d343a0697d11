import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Call } from './call.ts'
import { testContext } from './testing/context.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('a call that is over keeps no timer: not by an answer, not by progress that comes late', async () => {
  const { promise, resolve } = Promise.withResolvers<{ approved: false }>()
  const call = new Call({ ...testContext(), ask: () => promise }, 30_000)
  const asked = call.ask('Sure?', {}, new AbortController().signal)
  call.close()
  resolve({ approved: false })
  expect(await asked).toEqual({ action: 'decline' })
  call.heard()
  expect(vi.getTimerCount()).toBe(0)
})
