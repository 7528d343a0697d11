import { Lexer, type Token, Tokenizer, type Tokens, type TokensList } from 'marked'

export interface Block {
  /** The number of characters before it: a stable key while the text grows. */
  start: number
  token: Token
}

/** Reference definitions by their label; the first of a label counts. */
export type Links = TokensList['links']

/** Raw HTML is shown as text here, so a tag must not change how the text after it is read. */
class TextTokenizer extends Tokenizer {
  override tag(source: string): Tokens.Tag | undefined {
    const token = super.tag(source)
    Object.assign(this.lexer.state, { inLink: false, inRawBlock: false })
    return token
  }
}

/** Reads `text` from a block's beginning on, with the definitions that stand before it; gives all definitions then known. */
export function lex(text: string, from: number, known: Links): { blocks: Block[]; links: Links } {
  const lexer = new Lexer({ gfm: true, tokenizer: new TextTokenizer() })
  Object.assign(lexer.tokens.links, known)
  const tokens = lexer.lex(text.slice(from))
  const blocks: Block[] = []
  let start = from
  for (const token of tokens) {
    blocks.push({ start, token })
    start += token.raw.length
  }
  return { blocks, links: tokens.links }
}

/** The definitions that stand in these blocks, also within quotes and lists. */
export function definitionsIn(tokens: readonly Token[], found: Links = {}): Links {
  for (const token of tokens) {
    if (token.type === 'def') found[token.tag] ??= { href: token.href, title: token.title }
    else if (token.type === 'list') definitionsIn((token as Tokens.List).items, found)
    else if (token.type === 'blockquote' || token.type === 'list_item') definitionsIn(token.tokens ?? [], found)
  }
  return found
}

export function sameLinks(one: Links, other: Links): boolean {
  const labels = Object.keys(one)
  if (labels.length !== Object.keys(other).length) return false
  return labels.every((label) => one[label]?.href === other[label]?.href && one[label]?.title === other[label]?.title)
}
