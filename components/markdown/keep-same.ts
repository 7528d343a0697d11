import type { Token, Tokens } from 'marked'
import type { Block } from './lex.ts'

/**
 * Blocks that were read again under the same definitions: what is the same as before keeps its identity, and so its drawing;
 * of a list or a table that grows, its items and rows do.
 */
export function keepSame(fresh: readonly Block[], old: readonly Block[]): Block[] {
  return fresh.map((block, index) => {
    const before = old[index]
    if (before?.start !== block.start || before.token.type !== block.token.type) return block
    if (before.token.raw === block.token.raw) return before
    return { ...block, token: keepWithin(block.token, before.token) }
  })
}

function keepWithin(fresh: Token, old: Token): Token {
  if (fresh.type === 'list') return keepItems(fresh as Tokens.List, old as Tokens.List)
  if (fresh.type === 'table') return keepRows(fresh as Tokens.Table, old as Tokens.Table)
  return fresh
}

function keepItems(fresh: Tokens.List, old: Tokens.List): Tokens.List {
  const items = fresh.items.map((item, index) => {
    const before = old.items[index]
    return before && before !== item && before.raw === item.raw ? before : item
  })
  return { ...fresh, items }
}

function keepRows(fresh: Tokens.Table, old: Tokens.Table): Tokens.Table {
  const rows = fresh.rows.map((row, index) => {
    const before = old.rows[index]
    return before && before !== row && sameCells(row, before) ? before : row
  })
  return { ...fresh, header: sameCells(fresh.header, old.header) ? old.header : fresh.header, rows }
}

function sameCells(row: readonly Tokens.TableCell[], other: readonly Tokens.TableCell[]): boolean {
  return row.length === other.length && row.every((cell, index) => cell.text === other[index]?.text && cell.align === other[index]?.align)
}
