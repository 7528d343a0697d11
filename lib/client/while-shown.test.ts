import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { whileShown } from './while-shown.ts'

let page: EventTarget & { hidden: boolean }
let said: string[]

beforeEach(() => {
  vi.useFakeTimers()
  page = Object.assign(new EventTarget(), { hidden: false })
  vi.stubGlobal('document', page)
  said = []
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

function setHidden(isHidden: boolean): void {
  page.hidden = isHidden
  page.dispatchEvent(new Event('visibilitychange'))
}

const begin = () => {
  said.push('begun')
  return () => void said.push('ended')
}

test('it begins with a page that is shown, and ends when that is hidden for a while', () => {
  page.hidden = true
  const end = whileShown(begin)
  expect(said).toEqual([])
  setHidden(false)
  setHidden(true)
  vi.advanceTimersByTime(4_000)
  setHidden(false)
  setHidden(true)
  vi.advanceTimersByTime(4_999)
  expect(said).toEqual(['begun'])
  vi.advanceTimersByTime(1)
  setHidden(false)
  expect(said).toEqual(['begun', 'ended', 'begun'])
  end()
  setHidden(true)
  setHidden(false)
  expect(said).toEqual(['begun', 'ended', 'begun', 'ended'])
  expect(vi.getTimerCount()).toBe(0)
})

test('a hidden page goes on until it may end', () => {
  let mayEnd = false
  const end = whileShown(begin, () => mayEnd)
  setHidden(true)
  vi.advanceTimersByTime(60_000)
  expect(said).toEqual(['begun'])
  mayEnd = true
  vi.advanceTimersByTime(5_000)
  expect(said).toEqual(['begun', 'ended'])
  end()
  expect(said).toEqual(['begun', 'ended'])
})
