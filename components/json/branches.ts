/** So many children of a value are drawn at once; of more, so many ranges. */
export const CHUNK = 100

/** A value that has children in it. */
export type Parent = unknown[] | Record<string, unknown>

/** A child by its key, or a range of children that opens by itself. */
export type Branch = { type: 'child'; key: string; value: unknown } | { type: 'range'; from: number; to: number }

export function isParent(value: unknown): value is Parent {
  return typeof value === 'object' && value !== null
}

export function sizeOf(value: Parent): number {
  return Array.isArray(value) ? value.length : Object.keys(value).length
}

/** What stands in a value from one child to before another: at most 100 branches, whatever its size. */
export function branchesOf(value: Parent, from = 0, to = sizeOf(value)): Branch[] {
  if (to - from <= CHUNK) return childrenOf(value, from, to)
  const step = rangeSize(to - from)
  const ranges: Branch[] = []
  for (let start = from; start < to; start += step) ranges.push({ type: 'range', from: start, to: Math.min(start + step, to) })
  return ranges
}

/** The least of 100, 10,000, 1,000,000 … that makes at most 100 ranges. */
function rangeSize(count: number): number {
  let size = CHUNK
  while (count / size > CHUNK) size *= CHUNK
  return size
}

function childrenOf(value: Parent, from: number, to: number): Branch[] {
  if (Array.isArray(value)) return value.slice(from, to).map((child, index) => ({ type: 'child', key: String(from + index), value: child }))
  return Object.keys(value)
    .slice(from, to)
    .map((key) => ({ type: 'child', key, value: value[key] }))
}

/** How many values stand in a value, itself too; not more than `limit` are counted. */
export function countValues(value: unknown, limit: number): number {
  let count = 0
  const waiting: unknown[] = [value]
  while (waiting.length > 0 && count < limit) {
    const next = waiting.pop()
    count += 1
    if (!isParent(next)) continue
    const children = Array.isArray(next) ? next : Object.values(next)
    // No more than count: an array may be long.
    for (let index = 0; index < children.length && index < limit; index += 1) waiting.push(children[index])
  }
  return count
}
