/** Where a key leads in a menu of these names; undefined when it leads nowhere. */
export function step(key: string, at: number, names: readonly string[]): number | undefined {
  const last = names.length - 1
  if (last < 0) return undefined
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return at >= last ? 0 : at + 1
    case 'ArrowUp':
    case 'ArrowLeft':
      return at <= 0 ? last : at - 1
    case 'Home':
      return 0
    case 'End':
      return last
  }
  if ([...key].length !== 1 || key === ' ') return undefined
  const order = names.map((_, index) => (at + 1 + index) % names.length)
  return order.find((index) => names[index]?.trim().toLowerCase().startsWith(key.toLowerCase()))
}
