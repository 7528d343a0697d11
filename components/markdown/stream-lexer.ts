import { type Footnotes, footnotesOf, NO_FOOTNOTES } from './footnotes/footnotes.ts'
import { groupsOf } from './groups.ts'
import { giveLevels } from './heading-levels.ts'
import { keepSame } from './keep-same.ts'
import { type Block, beginsWith, definitionsOf, type Links, lex } from './lex.ts'
import { fenceBlock, followFence, type OpenFence, openFenceAt } from './open-fence.ts'
import { changedLabels, mentions } from './references.ts'
import { type Reopened, readOn, reopen } from './reopen.ts'

/** So many blocks are drawn together: what one that grows costs does not depend on how many stand before it. */
const SECTION = 32

/** Nothing of these is seen where they stand. */
const UNSEEN = new Set(['space', 'def', 'footnote'])

/**
 * Markdown that grows. Finished blocks keep their tokens (and so their drawing); only what the new text can still change is read
 * again: the last block and the one before, of a list or a table its last items or rows, of an open code block its new lines. When a
 * reference definition comes or changes, so are the blocks that name it. At each point the blocks equal those of a whole parse.
 */
export class StreamLexer {
  #whole = ''
  #hasReturns = false
  /** The whole with line feeds alone. */
  #text = ''
  #blocks: Block[] = []
  #sections: readonly (readonly Block[])[] = []
  #footnotes: Footnotes = NO_FOOTNOTES
  #links: Links = {}
  #fence: OpenFence | null = null

  /** Takes the whole text so far. A text that does not continue the last one is read anew. */
  update(whole: string): readonly Block[] {
    if (whole === this.#whole) return this.#blocks
    const isGrown = beginsWith(whole, this.#whole)
    // Only what came is searched: the whole text would be with each chunk.
    this.#hasReturns = (isGrown && this.#hasReturns) || whole.includes('\r', isGrown ? this.#whole.length : 0)
    this.#whole = whole
    const text = this.#hasReturns ? whole.replace(/\r\n?/g, '\n') : whole
    if (text === this.#text) return this.#blocks
    const goesOn = isGrown && (!this.#hasReturns || text.startsWith(this.#text))
    this.#text = text
    if (!goesOn) this.#readAll()
    else if (!this.#extendFence()) this.#read(reopen(this.#blocks))
    return this.#blocks
  }

  get hasRead(): boolean {
    return this.#blocks.length > 0
  }

  /** What is seen of the blocks, in groups; those that did not change are the same as before. */
  get sections(): readonly (readonly Block[])[] {
    const shown = this.#blocks.filter(({ token }) => !UNSEEN.has(token.type))
    this.#sections = groupsOf(shown, SECTION, this.#sections)
    return this.#sections
  }

  /** The footnotes; the same as before while nothing about them changed. */
  get footnotes(): Footnotes {
    this.#footnotes = footnotesOf(this.#blocks, this.#footnotes)
    return this.#footnotes
  }

  #readAll(): void {
    const { blocks, links } = lex(this.#text, 0, {})
    const old = changedLabels(links, this.#links).size === 0 ? this.#blocks : []
    this.#finish(keepSame(blocks, old), links)
  }

  #read(at: Reopened): void {
    const kept = this.#blocks.slice(0, at.keep)
    // What stays of a list that goes on has its definitions, too.
    const before = at.within?.block.defines ? [...kept, at.within.block] : kept
    const known = Object.keys(this.#links).length === 0 ? {} : definitionsOf(before)
    const read = readOn(at, this.#text, known)
    if (!read) {
      this.#read({ keep: at.keep, from: at.within?.block.start ?? 0 })
      return
    }
    const changed = changedLabels(read.links, this.#links)
    // The same text after other definitions may read differently: then it is read again wherever it names them.
    if (changed.size === 0) this.#finish([...kept, ...keepSame(read.blocks, this.#blocks.slice(at.keep))], read.links)
    else this.#settle([...kept, ...read.blocks], read.links, changed)
  }

  #settle(blocks: Block[], links: Links, changed: Set<string>): void {
    const settled: Block[] = []
    for (const block of blocks) {
      const again = mentions(block, changed) ? readAlone(block, links) : block
      if (!again) {
        this.#readAll()
        return
      }
      settled.push(again)
    }
    this.#finish(settled, links)
  }

  #finish(blocks: Block[], links: Links): void {
    giveLevels(blocks)
    this.#links = links
    this.#fence = openFenceAt(blocks.at(-1), this.#text)
    if (this.#fence) blocks[blocks.length - 1] = fenceBlock(this.#fence, this.#text)
    this.#blocks = blocks
  }

  /** True when what came only made an open code block longer. */
  #extendFence(): boolean {
    this.#fence &&= followFence(this.#fence, this.#text)
    if (this.#fence) this.#blocks = [...this.#blocks.slice(0, -1), fenceBlock(this.#fence, this.#text)]
    return this.#fence !== null
  }
}

/** A block under other definitions; undefined when by itself it is not what it is where it stands. */
function readAlone({ start, token }: Block, links: Links): Block | undefined {
  const [block, ...others] = lex(token.raw, start, links).blocks
  return block && others.length === 0 && block.token.type === token.type && block.token.raw === token.raw ? block : undefined
}
