/** Things in groups of `size`. A group whose things are the same as in `before` keeps its identity, and so its drawing. */
export function groupsOf<T>(things: readonly T[], size: number, before: readonly (readonly T[])[] = []): readonly (readonly T[])[] {
  const groups: (readonly T[])[] = []
  for (let start = 0; start < things.length; start += size) {
    const old = before[groups.length]
    groups.push(old && isAt(old, things, start, size) ? old : things.slice(start, start + size))
  }
  return groups
}

function isAt<T>(group: readonly T[], things: readonly T[], start: number, size: number): boolean {
  if (group.length !== Math.min(size, things.length - start)) return false
  // What changes stands at the end.
  for (let index = group.length - 1; index >= 0; index -= 1) if (group[index] !== things[start + index]) return false
  return true
}
