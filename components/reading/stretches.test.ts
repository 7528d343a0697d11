import { expect, test } from 'vitest'
import { itemsBetween, lastItems, type Stretch, stretchesOf } from './stretches.ts'

const items = Array.from({ length: 10 }, (_, index) => ({ id: `m${index}`, estimate: 100 }))
const heightOf = ({ id, estimate }: { id: string; estimate: number }) => (id === 'm3' ? 480 : estimate)
const GAP = 20

test('the items between two heights, measured or estimated', () => {
  expect(itemsBetween(items, heightOf, GAP, 0, 100)).toEqual({ from: 0, to: 0 })
  expect(itemsBetween(items, heightOf, GAP, 130, 370)).toEqual({ from: 1, to: 3 })
  expect(itemsBetween(items, heightOf, GAP, 800, 900)).toEqual({ from: 3, to: 4 })
  expect(itemsBetween(items, heightOf, GAP, -500, 10)).toEqual({ from: 0, to: 0 })
  expect(itemsBetween(items, heightOf, GAP, 90_000, 91_000)).toEqual({ from: 9, to: 9 })
  expect(itemsBetween([], heightOf, GAP, 0, 100)).toEqual({ from: 0, to: 0 })
})

test('the last items, at least one', () => {
  expect(lastItems(items, heightOf, 250)).toEqual({ from: 7, to: 9 })
  expect(lastItems(items, heightOf, 10)).toEqual({ from: 9, to: 9 })
  expect(lastItems(items, heightOf, 10_000)).toEqual({ from: 0, to: 9 })
})

test('what is not drawn leaves its room, so that the column is as high as it would be', () => {
  const stretches = stretchesOf(items, heightOf, GAP, { from: 4, to: 5 }, new Set(['m8']))
  expect(stretches.map((one) => (one.type === 'item' ? one.id : one.height))).toEqual([860 - GAP, 'm4', 'm5', 220, 'm8', 100])
  expect(columnHeight(stretches)).toBe(columnHeight(stretchesOf(items, heightOf, GAP, { from: 0, to: 9 }, new Set())))
})

function columnHeight(stretches: Stretch[]): number {
  const heights = stretches.map((one) => (one.type === 'item' ? heightOf(items[one.index] as (typeof items)[number]) : one.height))
  return heights.reduce((sum, height) => sum + height, 0) + GAP * (stretches.length - 1)
}
