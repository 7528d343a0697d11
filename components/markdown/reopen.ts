import type { Token, Tokens } from 'marked'
import { type Block, type Links, lex, ownCopy, toBlock } from './lex.ts'
import { looseFrom, type StreamedList } from './loose.ts'

/** Of what is reopened, so many items or rows are read again: the last may still become something else. */
const READ_AGAIN = 2

/** Where reading goes on when a text grows: all before it stays as it is. */
export interface Reopened {
  /** How many blocks stay whole. */
  keep: number
  from: number
  /** The list or table that goes on at `from`, with what stays of it. */
  within?: Opened
}

type Opened =
  | { kind: 'list'; block: Block; kept: Tokens.ListItem[] }
  | { kind: 'table'; block: Block; kept: Tokens.TableCell[][]; head: string }

/**
 * Where the last block but one begins, or within a list or a table that stands at the end or just before it, the last item or row but
 * one. Blank lines between blocks are blocks of their own, and do not count.
 */
export function reopen(blocks: readonly Block[]): Reopened {
  let seen = 0
  for (let index = blocks.length - 1; index >= 0; index -= 1) {
    const block = blocks[index] as Block
    if (block.token.type === 'space') continue
    seen += 1
    const within = openWithin(block)
    if (within) return { keep: index, from: within.from, within: within.opened }
    if (seen === 2) return { keep: index, from: block.start }
  }
  return { keep: 0, from: 0 }
}

function openWithin(block: Block): { from: number; opened: Opened } | undefined {
  if (block.token.type === 'list') return openList(block, block.token as Tokens.List)
  if (block.token.type === 'table') return openTable(block, block.token as Tokens.Table)
  return undefined
}

function openList(block: Block, { raw, items }: Tokens.List) {
  if (items.length <= READ_AGAIN) return undefined
  let from = block.start + raw.trimEnd().length
  for (const item of items.slice(-READ_AGAIN)) from -= item.raw.length
  return { from, opened: { kind: 'list' as const, block, kept: items.slice(0, -READ_AGAIN) } }
}

function openTable(block: Block, { raw, rows }: Tokens.Table) {
  if (rows.length <= READ_AGAIN) return undefined
  const body = raw.indexOf('\n', raw.indexOf('\n') + 1) + 1
  let end = raw.trimEnd().length
  for (let row = 0; row < READ_AGAIN; row += 1) end = raw.lastIndexOf('\n', end - 1)
  return {
    from: block.start + end + 1,
    opened: { kind: 'table' as const, block, kept: rows.slice(0, -READ_AGAIN), head: raw.slice(0, body) },
  }
}

/** Reads from there on; undefined when what was open does not go on as it was, and must be read whole. */
export function readOn({ from, within }: Reopened, text: string, known: Links): { blocks: Block[]; links: Links } | undefined {
  if (!within) return lex(text.slice(from), from, known)
  const head = within.kind === 'table' ? within.head : ''
  const read = lex(head + text.slice(from), from - head.length, known)
  const [first, ...rest] = read.blocks
  const token = first && join(within, first.token)
  if (!token) return undefined
  const { start } = within.block
  token.raw = ownCopy(text.slice(start, first.start + first.token.raw.length))
  // Definitions within items that stay are known already; the list is asked anew only when it has some.
  const hasDefinitions = within.block.defines ?? first.defines
  return { blocks: [toBlock(start, token, hasDefinitions !== undefined), ...rest], links: read.links }
}

function join(within: Opened, token: Token): Token | undefined {
  if (token.type !== within.kind) return undefined
  if (within.kind === 'table') return { ...(token as Tokens.Table), rows: [...within.kept, ...(token as Tokens.Table).rows] }
  const before = within.block.token as Tokens.List
  const after = token as Tokens.List
  if (after.ordered !== before.ordered || bulletOf(after) !== bulletOf(before)) return undefined
  const count = within.kept.length
  const first = looseFrom(before)
  const joined: StreamedList = {
    ...before,
    items: [...within.kept, ...after.items],
    looseFrom: first < count ? first : count + looseFrom(after),
  }
  return { ...joined, loose: joined.looseFrom !== Number.POSITIVE_INFINITY }
}

/** What all items of a list share: their mark, or what stands after their number. */
function bulletOf({ raw }: Tokens.List): string | undefined {
  return /^ {0,3}\d*([-+*.)])/.exec(raw)?.[1]
}
