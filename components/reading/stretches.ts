import type { Item } from './items.ts'

/** From the first to the last item that is drawn, both included. */
export interface Range {
  from: number
  to: number
}

/** A piece of the column: an item that is drawn, or the room of those that are not. */
export type Stretch = { type: 'item'; index: number; id: string } | { type: 'room'; height: number; id: string }

/** How high an item is: as it was measured, else about. */
export type HeightOf = (item: Item) => number

/** The items that lie between two heights, in px from the top of the first; the nearest one when none does. */
export function itemsBetween(items: readonly Item[], heightOf: HeightOf, gap: number, top: number, bottom: number): Range {
  let from = -1
  let to = -1
  let y = 0
  for (let index = 0; index < items.length; index += 1) {
    const item = items[index] as Item
    const end = y + heightOf(item) + gap
    if (end > top && from < 0) from = index
    if (y < bottom) to = index
    else break
    y = end
  }
  if (from < 0) from = items.length - 1
  return { from: Math.max(0, from), to: Math.max(0, from, to) }
}

/** So many of the last items as take up about `height` px, at least one. */
export function lastItems(items: readonly Item[], heightOf: HeightOf, height: number): Range {
  let from = items.length - 1
  for (let left = height; from > 0; from -= 1) {
    left -= heightOf(items[from] as Item)
    if (left <= 0) break
  }
  return { from: Math.max(0, from), to: items.length - 1 }
}

/** What the column is made of, in order, when a range and some items elsewhere are drawn. The rest is room of its height. */
export function stretchesOf(
  items: readonly Item[],
  heightOf: HeightOf,
  gap: number,
  { from, to }: Range,
  kept: ReadonlySet<string>,
): Stretch[] {
  const stretches: Stretch[] = []
  let room = 0
  const endRoom = (id: string) => {
    // The column puts its gap after the room, as after everything.
    if (room > 0) stretches.push({ type: 'room', height: room - gap, id: `before ${id}` })
    room = 0
  }
  items.forEach((item, index) => {
    if ((index >= from && index <= to) || kept.has(item.id)) {
      endRoom(item.id)
      stretches.push({ type: 'item', index, id: item.id })
    } else {
      room += heightOf(item) + gap
    }
  })
  endRoom('the end')
  return stretches
}
