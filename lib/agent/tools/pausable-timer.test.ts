import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PausableTimer } from './pausable-timer.ts'

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => vi.useRealTimers())

const DAY_MS = 24 * 60 * 60_000

test.each([1_000, 30 * DAY_MS, 90 * DAY_MS])('is due after %d ms, and not before', (ms) => {
  const onDue = vi.fn()
  new PausableTimer(ms, onDue)
  vi.advanceTimersByTime(ms - 1)
  expect(onDue).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onDue).toHaveBeenCalledOnce()
})

test('without an end it is never due', () => {
  const onDue = vi.fn()
  new PausableTimer(Number.POSITIVE_INFINITY, onDue)
  vi.advanceTimersByTime(90 * DAY_MS)
  expect(onDue).not.toHaveBeenCalled()
})

test('stands still while any pause lasts', () => {
  const onDue = vi.fn()
  const timer = new PausableTimer(1_000, onDue)
  vi.advanceTimersByTime(600)
  const [one, two] = [timer.pause(), timer.pause()]
  vi.advanceTimersByTime(5_000)
  one()
  one()
  vi.advanceTimersByTime(5_000)
  two()
  vi.advanceTimersByTime(399)
  expect(onDue).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(onDue).toHaveBeenCalledOnce()
})
