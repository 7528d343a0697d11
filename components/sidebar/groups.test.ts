import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ListedSession } from '#lib/client/index.ts'
import { groupByDay } from './groups.ts'

const zone = process.env.TZ
beforeEach(() => {
  process.env.TZ = 'Europe/Berlin'
})
afterEach(() => {
  if (zone === undefined) delete process.env.TZ
  else process.env.TZ = zone
})

const changed = (updatedAt: string): ListedSession => ({
  id: updatedAt,
  title: null,
  createdAt: updatedAt,
  updatedAt,
  active: false,
  waiting: false,
  opening: null,
})
const named = (now: string, ...times: string[]) =>
  groupByDay(times.map(changed), new Date(now)).map((group) => [group.name, ...group.sessions.map((session) => session.id)])

test('by the days of the reader, newest first', () => {
  // In Berlin it is the 20th, 00:30.
  const times = [
    '2026-06-19T22:10:00Z',
    '2026-06-19T21:59:00Z',
    '2026-06-18T22:00:00Z',
    '2026-06-18T21:59:00Z',
    '2026-06-12T22:00:00Z',
    '2026-06-12T21:59:00Z',
  ]
  expect(named('2026-06-19T22:30:00Z', ...times)).toEqual([
    ['Today', times[0]],
    ['Yesterday', times[1], times[2]],
    ['Last week', times[3], times[4]],
    ['Older', times[5]],
  ])
})

test.each([
  // The clock goes forward in the night to the 29th of March, and back in that to the 25th of October.
  ['a day of 23 hours', '2026-03-30T10:00:00Z', '2026-03-28T23:00:00Z', '2026-03-28T22:59:00Z'],
  ['a day of 25 hours', '2026-10-26T10:00:00Z', '2026-10-24T22:00:00Z', '2026-10-24T21:59:00Z'],
])('%s begins at its own midnight', (_, now, yesterday, before) => {
  expect(named(now, yesterday, before)).toEqual([
    ['Yesterday', yesterday],
    ['Last week', before],
  ])
})

test('what the server dates a moment ahead of this clock is of today', () => {
  expect(named('2026-06-19T10:00:00Z', '2026-06-19T10:00:05Z')).toEqual([['Today', '2026-06-19T10:00:05Z']])
  expect(named('2026-06-19T10:00:00Z')).toEqual([])
})
