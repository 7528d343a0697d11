import { Lexer, type MarkedOptions, type Token, Tokenizer, type Tokens, type TokensList } from 'marked'
import { labelsIn, noteBlock, noteMark } from './footnotes/footnote-tokens.ts'
import { mathBlock, mathBlockStart, mathInline, mathInlineStart } from './math/math-tokens.ts'

export interface Block {
  /** The number of characters before it: a stable key while the text grows. */
  start: number
  token: Token
  /** The reference definitions that stand in it, if any do. */
  defines?: Links
  /** The labels of the footnotes that it marks, if it marks any. */
  marks?: string[]
  /** Of a heading: its level below the page's own, one deeper than the heading before it at most. */
  level?: number
}

/** Reference definitions by their label; the first of a label counts. */
export type Links = TokensList['links']

/** So deep stands one thing in another; what goes deeper is text. Nobody writes so, and reading and drawing recurse. */
const DEEPEST = 50

/** A table with more columns is text: nobody can read it, and browsers take seconds to lay it out. */
const WIDEST = 500

/** Raw HTML is shown as text here, so a tag must not change how the text after it is read. */
class TextTokenizer extends Tokenizer {
  #depth = 0

  override tag(source: string): Tokens.Tag | undefined {
    const token = super.tag(source)
    Object.assign(this.lexer.state, { inLink: false, inRawBlock: false })
    return token
  }

  override blockquote(source: string): Tokens.Blockquote | undefined {
    return this.within(() => super.blockquote(source))
  }

  override list(source: string): Tokens.List | undefined {
    return this.within(() => super.list(source))
  }

  override link(source: string): ReturnType<Tokenizer['link']> {
    return this.within(() => super.link(source))
  }

  override reflink(source: string, links: Links): ReturnType<Tokenizer['reflink']> {
    return this.within(() => super.reflink(source, links))
  }

  override emStrong(...from: Parameters<Tokenizer['emStrong']>): ReturnType<Tokenizer['emStrong']> {
    return this.within(() => super.emStrong(...from))
  }

  override del(...from: Parameters<Tokenizer['del']>): ReturnType<Tokenizer['del']> {
    return this.within(() => super.del(...from))
  }

  override table(source: string): Tokens.Table | undefined {
    const end = source.indexOf('\n')
    return end < 0 || source.slice(0, end).split('|', WIDEST + 2).length > WIDEST + 1 ? undefined : super.table(source)
  }

  within<T>(read: () => T | undefined): T | undefined {
    if (this.#depth === DEEPEST) return undefined
    this.#depth += 1
    try {
      return read()
    } finally {
      this.#depth -= 1
    }
  }
}

/** What is read besides GFM: maths and footnotes. */
const EXTENSIONS: NonNullable<MarkedOptions['extensions']> = {
  renderers: {},
  childTokens: {},
  block: [
    (source) => mathBlock(source),
    function footnote(source) {
      return (this.lexer.options.tokenizer as TextTokenizer).within(() => noteBlock(this.lexer, source))
    },
  ],
  startBlock: [mathBlockStart],
  inline: [(source) => mathInline(source) ?? noteMark(source)],
  startInline: [mathInlineStart],
}

/** Reads `text`, of which a block begins at `start`, with the definitions that stand before it; gives all definitions then known. */
export function lex(text: string, start: number, known: Links): { blocks: Block[]; links: Links } {
  const lexer = new Lexer({ gfm: true, tokenizer: new TextTokenizer(), extensions: EXTENSIONS })
  Object.assign(lexer.tokens.links, known)
  const tokens = tokensOf(lexer, text)
  if (!tokens) return { blocks: text === '' ? [] : [{ start, token: { type: 'unread', raw: text } }], links: known }
  const blocks: Block[] = []
  let at = start
  for (const token of tokens) {
    blocks.push(toBlock(at, token))
    at += token.raw.length
  }
  return { blocks, links: tokens.links }
}

/** Undefined where the reading fails: then the text is shown as it is. */
function tokensOf(lexer: Lexer, text: string): TokensList | undefined {
  try {
    return lexer.lex(ownCopy(text))
  } catch {
    // All that is read here is text: that its reader breaks on it says nothing to anybody else.
    return undefined
  }
}

/** A block; of one that goes on, `mayDefine` says whether it is to be searched for definitions. */
export function toBlock(start: number, token: Token, mayDefine = true): Block {
  const defines = mayDefine ? definitionsIn([token]) : undefined
  const marks = token.type === 'code' ? undefined : labelsIn(token.raw)
  return { start, token, ...(defines && { defines }), ...(marks && { marks }) }
}

/** Engines let a slice keep all of the text that it was cut from, and with each block another state of the whole answer. */
export function ownCopy(text: string): string {
  return text.length > LARGE ? text : ` ${text}`.slice(1)
}

/** In characters. Of texts that long there are few, and to copy one with each chunk takes longer. */
const LARGE = 65_536

/** As `startsWith`, which engines do character by character: this takes a megabyte at once. */
export function beginsWith(text: string, start: string): boolean {
  return text.length >= start.length && text.slice(0, start.length) === start
}

const CONTAINERS = new Set(['blockquote', 'list_item', 'footnote'])

function definitionsIn(tokens: readonly Token[], found?: Links): Links | undefined {
  let all = found
  for (const token of tokens) {
    if (token.type === 'def') {
      all ??= {}
      all[token.tag] ??= { href: token.href, title: token.title }
    } else if (token.type === 'list') all = definitionsIn((token as Tokens.List).items, all)
    else if (CONTAINERS.has(token.type)) all = definitionsIn('tokens' in token ? (token.tokens ?? []) : [], all)
  }
  return all
}

/** The definitions that stand in these blocks, also within quotes and lists. */
export function definitionsOf(blocks: readonly Block[]): Links {
  const links: Links = {}
  for (const { defines } of blocks) if (defines) for (const label of Object.keys(defines)) links[label] ??= defines[label] as Links[string]
  return links
}
