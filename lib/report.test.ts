import { afterEach, expect, test, vi } from 'vitest'
import { reasonOf, report } from './report.ts'

afterEach(() => vi.restoreAllMocks())

test('says what failed and why, and nothing of what was written', () => {
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  const cause = Object.assign(new Error('could not extend file'), { code: '53100', params: ['a secret'], query: "INSERT 'a secret'" })
  report(new Error('The message was not kept.', { cause }))
  const [printed] = lines.mock.calls[0] ?? []
  expect(printed).toMatch(/^\[rill\] Error: The message was not kept\.[\s\S]+Caused by: Error: could not extend file[\s\S]+code: 53100/)
  expect(printed).not.toContain('a secret')
})

test('an error that comes again and again is printed now and then', () => {
  vi.useFakeTimers()
  const lines = vi.spyOn(console, 'error').mockImplementation(() => {})
  for (let second = 0; second < 25; second += 1) {
    report(new Error('away'))
    vi.advanceTimersByTime(1_000)
  }
  expect(lines).toHaveBeenCalledTimes(3)
  report(new Error('another'))
  expect(lines).toHaveBeenCalledTimes(4)
  vi.useRealTimers()
})

test('the one reason, however deep it lies', async () => {
  const refused = new Error('connect ECONNREFUSED 127.0.0.1:1')
  expect(reasonOf(new AggregateError([refused, new Error('connect ECONNREFUSED ::1:1')]))).toBe(refused.message)
  expect(reasonOf(new TypeError('fetch failed', { cause: new AggregateError([refused]) }))).toBe(refused.message)
  expect(reasonOf(new Error('As it says.', { cause: refused }))).toBe('As it says.')
  expect(reasonOf('thrown text')).toBe('thrown text')
})
