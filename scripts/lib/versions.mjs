/** True when a version (three numbers) is the other one or newer. */
export function isAtLeast(version, oldest) {
  const [a, b] = [version, oldest].map((text) => text.split('.').map(Number))
  for (const index of [0, 1, 2]) if (a[index] !== b[index]) return a[index] > b[index]
  return true
}
