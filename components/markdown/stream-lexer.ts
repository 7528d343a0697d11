import { keepSame } from './keep-same.ts'
import { type Block, definitionsIn, type Links, lex, sameLinks } from './lex.ts'
import { fenceBlock, followFence, type OpenFence, openFenceAt } from './open-fence.ts'

/**
 * Markdown that grows. Finished blocks keep their tokens (and so their drawing); only what the new text can still change is read
 * again: from the last block but one on, and of an open code block only its new lines. A reference definition can change any text
 * before it, so when one comes or changes, all is read. At each point the blocks equal those of a whole parse.
 */
export class StreamLexer {
  #text = ''
  #blocks: Block[] = []
  #links: Links = {}
  #fence: OpenFence | null = null

  /** Takes the whole text so far. A text that does not continue the last one is read anew. */
  update(whole: string): readonly Block[] {
    const text = whole.includes('\r') ? whole.replace(/\r\n?/g, '\n') : whole
    if (text === this.#text) return this.#blocks
    const isGrown = text.startsWith(this.#text)
    this.#text = text
    if (!isGrown) this.#read(0)
    else if (!this.#extendFence()) this.#read(this.#reopened())
    return this.#blocks
  }

  #read(from: number): void {
    const keptCount = from === 0 ? 0 : this.#blocks.findLastIndex((block) => block.start < from) + 1
    const kept = this.#blocks.slice(0, keptCount)
    const known = Object.keys(this.#links).length === 0 ? {} : definitionsIn(kept.map((block) => block.token))
    const { blocks, links } = lex(this.#text, from, known)
    if (from > 0 && !sameLinks(links, this.#links)) {
      this.#read(0)
      return
    }
    // The same text after other definitions may read differently: only then nothing of before is kept.
    const fresh = sameLinks(links, this.#links) ? keepSame(blocks, this.#blocks.slice(keptCount)) : blocks
    this.#blocks = [...kept, ...fresh]
    this.#links = links
    this.#fence = openFenceAt(this.#blocks.at(-1), this.#text)
    if (this.#fence) this.#blocks[this.#blocks.length - 1] = fenceBlock(this.#fence, this.#text)
  }

  /** True when what came only made an open code block longer. */
  #extendFence(): boolean {
    this.#fence &&= followFence(this.#fence, this.#text)
    if (this.#fence) this.#blocks = [...this.#blocks.slice(0, -1), fenceBlock(this.#fence, this.#text)]
    return this.#fence !== null
  }

  /** Where the last block but one begins: blank lines between blocks are blocks of their own, and do not count. */
  #reopened(): number {
    let seen = 0
    for (let index = this.#blocks.length - 1; index >= 0; index -= 1) {
      const block = this.#blocks[index]
      if (block && block.token.type !== 'space') seen += 1
      if (block && seen === 2) return block.start
    }
    return 0
  }
}
