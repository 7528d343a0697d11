import { Lexer, type Token, type TokensList } from 'marked'

export interface Block {
  /** The number of characters before it: a stable key while the text grows. */
  start: number
  token: Token
}

type Links = TokensList['links']

/**
 * Markdown that grows: finished blocks keep their tokens (and so their drawing), and only what the new text can still change is
 * read again: from the last block but one on. A new reference definition can change any earlier text, so then all is read.
 */
export class StreamLexer {
  #text = ''
  #blocks: Block[] = []
  #links: Links = {}

  update(text: string): readonly Block[] {
    if (text === this.#text) return this.#blocks
    const isGrown = text.startsWith(this.#text)
    this.#text = text
    if (!isGrown) return this.#readAll()
    const from = this.#reopened()
    const { blocks, links } = lex(text, from, this.#links)
    if (Object.keys(links).length !== Object.keys(this.#links).length) return this.#readAll()
    this.#blocks = [...this.#blocks.filter((block) => block.start < from), ...keepSame(blocks, this.#blocks)]
    return this.#blocks
  }

  #readAll(): readonly Block[] {
    const { links } = lex(this.#text, 0, {})
    this.#blocks = lex(this.#text, 0, links).blocks
    this.#links = links
    return this.#blocks
  }

  /** Where the last block but one begins: blank lines between blocks are blocks of their own, and do not count. */
  #reopened(): number {
    const solid = this.#blocks.filter((block) => block.token.type !== 'space')
    return solid.at(-2)?.start ?? 0
  }
}

function lex(text: string, from: number, known: Links): { blocks: Block[]; links: Links } {
  const lexer = new Lexer({ gfm: true })
  Object.assign(lexer.tokens.links, known)
  const tokens = lexer.lex(text.slice(from))
  const blocks: Block[] = []
  let start = from
  for (const token of tokens) {
    blocks.push({ start, token })
    start += token.raw.length
  }
  return { blocks, links: { ...tokens.links } }
}

/** A block that was read again and is the same keeps its identity, so that it is not drawn again. */
function keepSame(fresh: Block[], old: readonly Block[]): Block[] {
  const byStart = new Map(old.map((block) => [block.start, block]))
  return fresh.map((block) => {
    const before = byStart.get(block.start)
    return before?.token.raw === block.token.raw && before.token.type === block.token.type ? before : block
  })
}
