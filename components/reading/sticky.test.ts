import { expect, test } from 'vitest'
import { sticksAfter } from './sticky.ts'

test.each([
  ['a small move up near the end lets go', true, { before: 1_000, now: 990, left: 10 }, false],
  ['a large one does', true, { before: 1_000, now: 200, left: 800 }, false],
  ['moving on up stays let go', false, { before: 990, now: 980, left: 20 }, false],
  ['moving down, still far from the end, does not take hold', false, { before: 200, now: 600, left: 400 }, false],
  ['moving down to near the end takes hold', false, { before: 900, now: 960, left: 40 }, true],
  ['being at the end takes hold', false, { before: 990, now: 1_000, left: 0 }, true],
  ['content that shrinks moves the view up, to the end: it holds', true, { before: 1_000, now: 700, left: 0 }, true],
  ['content that grew below while following does not let go', true, { before: 1_000, now: 1_000, left: 300 }, true],
  ['following moves down behind content that grows faster: it holds', true, { before: 1_000, now: 1_200, left: 300 }, true],
])('%s', (_, sticks, scrolled, expected) => expect(sticksAfter(sticks, scrolled)).toBe(expected))

test('slow scrolling up, a few pixels at a time while the content grows, is never pulled back', () => {
  let sticks = true
  let top = 1_000
  let height = 1_000
  for (let step = 0; step < 20; step += 1) {
    sticks = sticksAfter(sticks, { before: top, now: top - 3, left: height - top + 3 })
    top -= 3
    height += 5
    expect(sticks).toBe(false)
  }
})
