import { expect, test } from 'vitest'
import type { ListedSession, SessionPage } from '#lib/protocol/index.ts'
import { parseListChange, withChange } from './list-change.ts'
import { createListWatch } from './list-events.ts'

/** A session that was last changed at this second. */
function session(id: string, second: number, more: Partial<ListedSession> = {}): ListedSession {
  const at = new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
  return { id, title: id, createdAt: at, updatedAt: at, active: false, waiting: false, opening: null, ...more }
}

const page = (nextCursor: string | null, ...sessions: ListedSession[]): SessionPage => ({ sessions, nextCursor })
const ids = ({ sessions }: SessionPage) => sessions.map((one) => one.id).join('')

test('a session that changed stands where the server has it', () => {
  const old = page(null, session('a', 9), session('b', 8), session('c', 7))
  const changed = (one: ListedSession) => withChange(old, { type: 'list:changed', session: one })
  expect(ids(changed(session('c', 10)))).toBe('cab')
  expect(ids(changed(session('n', 8.5)))).toBe('anbc')
  expect(ids(changed(session('n', 1)))).toBe('abcn')
  expect(changed(session('a', 9, { active: true })).sessions[0]).toMatchObject({ id: 'a', active: true })
})

test('one that stands behind what is loaded comes with its page', () => {
  const old = page('after-b', session('a', 9), session('b', 8))
  expect(ids(withChange(old, { type: 'list:changed', session: session('n', 1) }))).toBe('ab')
  expect(ids(withChange(old, { type: 'list:changed', session: session('n', 10) }))).toBe('nab')
})

test('one that is gone goes, and a page takes the place of the first', () => {
  const old = page('after-b', session('a', 9), session('b', 8))
  expect(ids(withChange(old, { type: 'list:removed', sessionId: 'a' }))).toBe('b')
  expect(ids(withChange(old, { type: 'list:removed', sessionId: 'x' }))).toBe('ab')
  expect(ids(withChange(old, { type: 'list:page', ...page(null, session('b', 8)) }))).toBe('b')
})

test('what this version does not know is left out', () => {
  expect(parseListChange('{"type":"list:new-kind"}')).toBeNull()
  expect(parseListChange('{"type":"list:changed"}')).toBeNull()
  expect(parseListChange('[]')).toBeNull()
  expect(parseListChange('{"type":"list:removed","sessionId":"a"}')).toEqual({ type: 'list:removed', sessionId: 'a' })
})

test('that an answer is there, or one waits, is told once; what is heard first is no news', () => {
  const watch = createListWatch()
  const tell = (one: ListedSession) => watch({ type: 'list:changed', session: one }).map(({ kind }) => kind)
  expect(watch({ type: 'list:page', ...page(null, session('a', 1), session('w', 1, { active: true, waiting: true })) })).toEqual([])
  expect(tell(session('a', 2, { active: true }))).toEqual([])
  expect(tell(session('a', 2, { active: true, waiting: true }))).toEqual(['waits'])
  expect(tell(session('a', 2, { active: true, waiting: true }))).toEqual([])
  expect(tell(session('a', 2, { active: true }))).toEqual([])
  expect(tell(session('a', 3))).toEqual(['done'])
  expect(tell(session('a', 3))).toEqual([])
  expect(tell(session('new', 4, { active: true }))).toEqual([])
  // A page that comes after a broken line may bring news too.
  expect(watch({ type: 'list:page', ...page(null, session('new', 4)) }).map(({ kind }) => kind)).toEqual(['done'])
  expect(watch({ type: 'list:removed', sessionId: 'new' })).toEqual([])
})
