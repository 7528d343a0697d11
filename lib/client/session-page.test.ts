import { expect, test } from 'vitest'
import type { ListedSession, SessionPage } from '#lib/protocol/index.ts'
import { nameOf, withFirstPage, withNextPage } from './session-page.ts'

/** A session that was last changed at this second. */
function session(id: string, second: number): ListedSession {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  return { id, title: id, createdAt: at, updatedAt: at, active: false, waiting: false, opening: null }
}

const page = (nextCursor: string | null, ...sessions: ListedSession[]): SessionPage => ({ sessions, nextCursor })
const ids = ({ sessions }: SessionPage) => sessions.map((one) => one.id).join('')

test('pages that were loaded stay behind the fresh first page', () => {
  const old = withNextPage(page('after-b', session('a', 9), session('b', 8)), page('after-d', session('c', 7), session('d', 6)))
  const fresh = withFirstPage(old, page('after-a', session('e', 11), session('a', 9)))
  expect(ids(fresh)).toBe('eabcd')
  expect(fresh.nextCursor).toBe('after-d')
})

test('a session that moved to the front is there once, and one that is gone from the front is gone', () => {
  const old = page('after-d', session('a', 9), session('b', 8), session('c', 7), session('d', 6))
  expect(ids(withFirstPage(old, page('after-b', session('d', 12), session('b', 8))))).toBe('dbc')
})

test('of the same time, the order of ids decides', () => {
  const old = page('x', session('c', 5), session('b', 5), session('a', 5))
  expect(ids(withFirstPage(old, page('y', session('d', 9), session('c', 5))))).toBe('dcba')
  expect(ids(withFirstPage(old, page('y', session('d', 9), session('a', 5))))).toBe('da')
})

test('a first page that is all there is replaces the list', () => {
  const old = page('x', session('a', 9), session('b', 8))
  expect(withFirstPage(old, page(null, session('a', 9)))).toEqual(page(null, session('a', 9)))
  expect(withFirstPage(old, page(null))).toEqual(page(null))
})

test('a next page replaces what it repeats', () => {
  const next = withNextPage(page('x', session('a', 9), session('b', 8)), page(null, { ...session('b', 7), title: 'new' }, session('c', 6)))
  expect(ids(next)).toBe('abc')
  expect(next.sessions[1]?.title).toBe('new')
  expect(next.nextCursor).toBeNull()
})

test('a name turns nothing around it round', () => {
  expect(nameOf({ title: 'a\u202eb\u2067c', opening: null })).toBe('abc')
  expect(nameOf({ title: null, opening: '\u05d0\u200f!' })).toBe('\u05d0\u200f!')
})
