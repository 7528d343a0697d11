import type { Token, Tokens } from 'marked'
import { type ComponentType, memo } from 'react'
import { useGroups } from './use-groups.ts'

/** Draws what stands within an item: blocks, lists among them. */
type DrawBlocks = ComponentType<{ tokens: Token[] }>

/** So many items are drawn together. */
const GROUP = 32

/**
 * A list. A long one is several that stand under one another as one: what an item costs does not depend on how many there are. That
 * it is loose is said by its style alone, so that no item is drawn again when a blank line comes.
 */
export function List({ token, Blocks }: { token: Tokens.List; Blocks: DrawBlocks }) {
  const groups = useGroups(token.items, GROUP)
  const first = typeof token.start === 'number' ? token.start : 1
  return groups.map((items, index) => (
    <Items
      // biome-ignore lint/suspicious/noArrayIndexKey: groups do not move
      key={index}
      items={items}
      start={token.ordered ? first + index * GROUP : undefined}
      isLoose={token.loose}
      goesOn={index > 0}
      Blocks={Blocks}
    />
  ))
}

interface ItemsProps {
  items: readonly Tokens.ListItem[]
  /** The first one's number, where they are numbered. */
  start: number | undefined
  isLoose: boolean
  goesOn: boolean
  Blocks: DrawBlocks
}

const Items = memo(function Items({ items, start, isLoose, goesOn, Blocks }: ItemsProps) {
  const props = { dir: 'auto', 'data-loose': isLoose || undefined, 'data-goes-on': goesOn || undefined }
  // biome-ignore lint/suspicious/noArrayIndexKey: items do not move
  const children = items.map((item, index) => <Item key={index} item={item} Blocks={Blocks} />)
  if (start === undefined) return <ul {...props}>{children}</ul>
  return (
    <ol {...props} start={start} data-digits={Math.min(9, String(start + items.length - 1).length)}>
      {children}
    </ol>
  )
})

const Item = memo(function Item({ item, Blocks }: { item: Tokens.ListItem; Blocks: DrawBlocks }) {
  if (!item.task) {
    return (
      <li>
        <Blocks tokens={item.tokens} />
      </li>
    )
  }
  return (
    <li className="task">
      <input type="checkbox" checked={item.checked ?? false} readOnly disabled aria-label={item.checked ? 'Done' : 'Not done'} />
      <Blocks tokens={item.tokens} />
    </li>
  )
})
