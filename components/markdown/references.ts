import type { Block, Links } from './lex.ts'

/** The labels whose definition came, went or changed, in the form that `mentions` compares. */
export function changedLabels(one: Links, other: Links): Set<string> {
  const changed = new Set<string>()
  for (const label of new Set([...Object.keys(one), ...Object.keys(other)])) {
    const [before, after] = [one[label], other[label]]
    if (before?.href !== after?.href || before?.title !== after?.title) changed.add(comparable(label))
  }
  return changed
}

/** Whether a block may read differently because of these labels: it says one of them in brackets. */
export function mentions(block: Block, labels: Set<string>): boolean {
  for (const label of bracketedIn(block)) if (labels.has(label)) return true
  return false
}

const BRACKETED = /\[((?:\\[\s\S]|[^[\]\\])+)(?=\])/g
const known = new WeakMap<Block, readonly string[]>()
const NONE: readonly string[] = []

function bracketedIn(block: Block): readonly string[] {
  const { raw, type } = block.token
  if (type === 'code' || !raw.includes('[')) return NONE
  const before = known.get(block)
  if (before) return before
  const found = Array.from(raw.matchAll(BRACKETED), (match) => comparable(match[1] ?? ''))
  known.set(block, found)
  return found
}

/** Without what a line break within a label may bring along: spaces, and the marks of a quote. */
function comparable(label: string): string {
  return label.replace(/[\s>]+/g, '').toLowerCase()
}
