import { expect, test } from 'vitest'
import { internalToken, isInternal } from './internal.ts'

const SECRET = 'a secret that is made for these tests'
const PATH = '/api/internal/doctor'
const NOW = 1_800_000_000_000
const MINUTE = 60_000

const shows = (authorization: string | null, path = PATH) =>
  isInternal(new Request(`http://127.0.0.1${path}?x=1`, authorization === null ? {} : { headers: { authorization } }), SECRET, NOW)
const token = internalToken(SECRET, PATH, NOW)

test('a token opens its path, for five minutes', () => {
  expect(shows(`Bearer ${token}`)).toBe(true)
  expect(shows(`Bearer ${internalToken(SECRET, PATH, NOW - 4 * MINUTE)}`)).toBe(true)
  expect(shows(`Bearer ${internalToken(SECRET, PATH, NOW + 4 * MINUTE)}`)).toBe(true)
  expect(token).not.toContain(SECRET)
})

test.each<[string, string | null, string?]>([
  ['nothing', null],
  ['another scheme', `Basic ${token}`],
  ['the secret itself', `Bearer ${SECRET}`],
  ['a token for another path', `Bearer ${token}`, '/api/internal/doctor/stream'],
  ['a token of another secret', `Bearer ${internalToken('another secret', PATH, NOW)}`],
  ['a token of no secret', `Bearer ${internalToken('', PATH, NOW)}`],
  ['a token that is over', `Bearer ${internalToken(SECRET, PATH, NOW - 5 * MINUTE)}`],
  ['a token that would hold for long', `Bearer ${internalToken(SECRET, PATH, NOW + 60 * MINUTE)}`],
  ['a token whose time was changed', `Bearer ${token.replace(/^\d+/, String(NOW + 6 * MINUTE))}`],
  ['a token that was cut', `Bearer ${token.slice(0, -1)}`],
])('%s does not', (_name, authorization, path) => {
  expect(shows(authorization, path)).toBe(false)
})
