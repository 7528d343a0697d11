/** So many rows are about a page. */
const PAGE = 8

export interface StepOptions {
  at: number
  names: readonly string[]
  /** The keys come from a field above: letters, Home, End and what goes sideways belong to its text. */
  isField?: boolean
}

/** Where a key leads in a list of these names; undefined when it leads nowhere. */
export function step(key: string, { at, names, isField = false }: StepOptions): number | undefined {
  const last = names.length - 1
  if (last < 0) return undefined
  switch (key) {
    case 'ArrowDown':
      return at >= last ? 0 : at + 1
    case 'ArrowUp':
      return at <= 0 ? last : at - 1
    case 'PageDown':
      return Math.min(at + PAGE, last)
    case 'PageUp':
      return Math.max(at - PAGE, 0)
  }
  return isField ? undefined : stepInList(key, at, names)
}

function stepInList(key: string, at: number, names: readonly string[]): number | undefined {
  const last = names.length - 1
  if (key === 'ArrowRight') return at >= last ? 0 : at + 1
  if (key === 'ArrowLeft') return at <= 0 ? last : at - 1
  if (key === 'Home') return 0
  if (key === 'End') return last
  if ([...key].length !== 1 || key === ' ') return undefined
  const order = names.map((_, index) => (at + 1 + index) % names.length)
  return order.find((index) => names[index]?.trim().toLowerCase().startsWith(key.toLowerCase()))
}
