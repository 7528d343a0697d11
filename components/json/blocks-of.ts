/** A browser passes over blocks that are out of sight. In characters. */
const BLOCK = 16_000

/** Cut where a line ends, so that nothing is drawn otherwise. */
export function blocksOf(text: string): string[] {
  const blocks: string[] = []
  let from = 0
  while (text.length - from > BLOCK) {
    const end = text.indexOf('\n', from + BLOCK)
    if (end < 0) break
    blocks.push(text.slice(from, end))
    from = end + 1
  }
  return [...blocks, text.slice(from)]
}
