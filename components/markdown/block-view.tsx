import type { Token, Tokens } from 'marked'
import { memo } from 'react'
import { Words } from '../ui/words.tsx'
import { CodeBlock } from './code-block.tsx'
import { Inline } from './inline.tsx'

/** One block. Raw HTML is shown as the text that it is. */
export function BlockView({ token }: { token: Token }) {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return <Heading token={token as Tokens.Heading} />
    case 'paragraph':
      return (
        <p>
          <Inline tokens={token.tokens} />
        </p>
      )
    case 'code':
      return <CodeBlock code={(token as Tokens.Code).text} language={(token as Tokens.Code).lang ?? ''} />
    case 'blockquote':
      return (
        <blockquote>
          <Blocks tokens={token.tokens ?? []} />
        </blockquote>
      )
    case 'list':
      return <List token={token as Tokens.List} />
    case 'table':
      return <Table token={token as Tokens.Table} />
    case 'hr':
      return <hr />
    case 'text':
      return token.tokens ? <Inline tokens={token.tokens} /> : <Words text={token.raw} />
    default:
      return (
        <p className="whitespace-pre-wrap">
          <Words text={token.raw} />
        </p>
      )
  }
}

function Blocks({ tokens }: { tokens: Token[] }) {
  return keyed(tokens).map(({ key, token }) => <BlockView key={key} token={token} />)
}

/** Keys by place: siblings never move, the last one grows. */
export function keyed<T extends { raw: string }>(tokens: T[]): { key: number; token: T }[] {
  let key = 0
  return tokens.map((token) => {
    const placed = { key, token }
    key += Math.max(1, token.raw.length)
    return placed
  })
}

/** A model's headings stand below the page's own. */
function Heading({ token }: { token: Tokens.Heading }) {
  const Tag = (['h2', 'h3', 'h4', 'h5', 'h6', 'h6'] as const)[token.depth - 1] ?? 'h6'
  return (
    <Tag data-depth={token.depth}>
      <Inline tokens={token.tokens} />
    </Tag>
  )
}

function List({ token }: { token: Tokens.List }) {
  const items = keyed(token.items).map(({ key, token: item }) => <Item key={key} item={item} />)
  if (!token.ordered) return <ul>{items}</ul>
  return <ol start={typeof token.start === 'number' ? token.start : 1}>{items}</ol>
}

const Item = memo(function Item({ item }: { item: Tokens.ListItem }) {
  const content = item.tokens.filter((token) => token.type !== 'checkbox')
  if (!item.task) {
    return (
      <li>
        <Blocks tokens={content} />
      </li>
    )
  }
  return (
    <li className="task">
      <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label={item.checked ? 'Done' : 'Not done'} />
      <Blocks tokens={content} />
    </li>
  )
})

const CLASS_OF = { left: 'text-left', center: 'text-center', right: 'text-right' } as const

function Table({ token }: { token: Tokens.Table }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <figure className="table-scroller" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <Row cells={token.header} />
        </thead>
        <tbody>
          {token.rows.map((cells, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows do not move
            <Row key={index} cells={cells} />
          ))}
        </tbody>
      </table>
    </figure>
  )
}

const Row = memo(function Row({ cells }: { cells: Tokens.TableCell[] }) {
  return (
    <tr>
      {cells.map((cell, index) => {
        const Cell = cell.header ? 'th' : 'td'
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: columns do not move
          <Cell key={index} className={CLASS_OF[cell.align ?? 'left']}>
            <Inline tokens={cell.tokens} />
          </Cell>
        )
      })}
    </tr>
  )
})
