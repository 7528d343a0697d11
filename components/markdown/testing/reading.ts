import type { Token } from 'marked'
import { type Block, lex } from '../lex.ts'

export function readWhole(text: string): Block[] {
  return lex(text.replace(/\r\n?/g, '\n'), 0, {}).blocks
}

const seen = new WeakMap<Token, string>()

/**
 * Blocks as text, without what is not drawn: how its list lies is not an item's own affair, what makes it a task stands in the item,
 * and of a code block without its end the last line feed does not count.
 */
export function comparable(blocks: readonly Block[]): string {
  return `[${blocks.map(({ start, token }) => `{"start":${start},"token":${asText(token)}}`).join()}]`
}

function asText(token: Token): string {
  const known = seen.get(token)
  if (known !== undefined) return known
  const text = JSON.stringify(
    token.type === 'code' ? { ...token, text: token.text.trimEnd(), isOpen: undefined } : token,
    withoutTheUndrawn,
  )
  seen.set(token, text)
  return text
}

function withoutTheUndrawn(this: { type?: string }, key: string, value: unknown): unknown {
  if (key === 'looseFrom' || (key === 'loose' && this.type === 'list_item')) return undefined
  if (key === 'type' && value === 'text' && 'tokens' in this) return 'paragraph'
  if (key === 'tokens' && Array.isArray(value)) return value.filter((token) => token.type !== 'checkbox')
  // marked gives a line feed to what stands before a space at the end.
  if (key === 'raw' && this.type === 'list' && typeof value === 'string') return value.trimEnd()
  // A checkbox that stands within a paragraph adds to what it is made of.
  if ((key === 'raw' || key === 'text') && this.type === 'paragraph' && typeof value === 'string') return value.replace(/^\[[ xX]\] +/, '')
  return value
}
