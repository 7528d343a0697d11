import type { ModelRow } from './rows.ts'

const PAGE = 8

/** Where a key leads in the list; undefined when it leads nowhere. In a field, letters and Home and End belong to the text. */
export function moved(key: string, { at, rows, isField }: { at: number; rows: readonly ModelRow[]; isField: boolean }): number | undefined {
  const last = rows.length - 1
  if (last < 0) return undefined
  switch (key) {
    case 'ArrowDown':
      return at === last ? 0 : at + 1
    case 'ArrowUp':
      return at === 0 ? last : at - 1
    case 'PageDown':
      return Math.min(at + PAGE, last)
    case 'PageUp':
      return Math.max(at - PAGE, 0)
  }
  if (isField) return undefined
  if (key === 'Home') return 0
  if (key === 'End') return last
  if ([...key].length !== 1) return undefined
  const order = rows.map((_, index) => (at + 1 + index) % rows.length)
  return order.find((index) => rows[index]?.text.toLowerCase().startsWith(key.toLowerCase()))
}
