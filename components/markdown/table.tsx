import type { Tokens } from 'marked'
import { memo, useLayoutEffect, useRef } from 'react'
import { CopyButton } from '../ui/copy-button.tsx'
import { csvOf } from './csv.ts'
import { Inline } from './inline.tsx'
import { useGroups } from './use-groups.ts'

/** So many rows are laid out as one table. */
const GROUP = 64

/**
 * A table. The first rows set how wide its columns are; those after them stand in groups that keep to it, because a browser lays out
 * all rows of one table again for each that comes.
 */
export function Table({ token }: { token: Tokens.Table }) {
  const groups = useGroups(token.rows, GROUP)
  const table = useColumns(groups.length > 1)
  return (
    <figure className="table-block" aria-label="Table">
      <CopyButton text={() => csvOf(token)} label="Copy as CSV" />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div className="table-scroller" tabIndex={0}>
        {/* biome-ignore lint/a11y/noRedundantRoles: its look as blocks would take its meaning away */}
        <table ref={table} role="table" dir="auto">
          {/* biome-ignore lint/a11y/noRedundantRoles: as above */}
          <thead role="rowgroup">
            <Row cells={token.header} />
          </thead>
          {groups.map((rows, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: groups do not move
            <Rows key={index} rows={rows} goesOn={index > 0} />
          ))}
        </table>
      </div>
    </figure>
  )
}

/** While there are rows after the first group, tells them how wide the columns are. */
function useColumns(hasMore: boolean) {
  const ref = useRef<HTMLTableElement>(null)
  useLayoutEffect(() => {
    const table = ref.current
    const head = table?.tHead?.rows[0]
    if (!table || !head || !hasMore) return
    const measure = () => {
      const widths = Array.from(head.cells, (cell) => `${cell.getBoundingClientRect().width}px`)
      table.style.setProperty('--columns', widths.join(' '))
    }
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(head)
    return () => observer.disconnect()
  }, [hasMore])
  return ref
}

const Rows = memo(function Rows({ rows, goesOn }: { rows: readonly Tokens.TableCell[][]; goesOn: boolean }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <tbody role="rowgroup" data-goes-on={goesOn || undefined}>
      {rows.map((cells, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move
        <Row key={index} cells={cells} />
      ))}
    </tbody>
  )
})

/** In characters. What is no longer stays on one line: browsers break it at hyphens, and a table can scroll. */
const SHORT = 16

const CLASS_OF = { left: 'text-left', center: 'text-center', right: 'text-right' } as const

const Row = memo(function Row({ cells }: { cells: Tokens.TableCell[] }) {
  return (
    // biome-ignore lint/a11y/noRedundantRoles: as above
    <tr role="row">
      {cells.map((cell, index) => {
        const Cell = cell.header ? 'th' : 'td'
        return (
          <Cell
            // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
            key={index}
            role={cell.header ? 'columnheader' : 'cell'}
            className={CLASS_OF[cell.align ?? 'left']}
            data-long={cell.text.length > SHORT || undefined}
          >
            <Inline tokens={cell.tokens} />
          </Cell>
        )
      })}
    </tr>
  )
})
