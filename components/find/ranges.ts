import { findableText } from '#lib/protocol/index.ts'

/** Where a text stands in what is drawn, across the elements that it is made of; each place becomes a range when it is asked for. */
export class Places {
  readonly #plain: PlainText
  readonly #length: number
  /** Where each begins in the plain text. */
  readonly #starts: number[] = []

  constructor(root: Element, text: string) {
    const wanted = findableText(text).trim()
    this.#plain = wanted === '' ? NOTHING : plainTextOf(root)
    this.#length = wanted.length
    if (wanted === '') return
    const { text: plain } = this.#plain
    for (let from = plain.indexOf(wanted); from >= 0; from = plain.indexOf(wanted, from + wanted.length)) this.#starts.push(from)
  }

  get count(): number {
    return this.#starts.length
  }

  /** One that moves with the text. */
  rangeAt(index: number): Range | undefined {
    const bounds = this.#boundsAt(index)
    if (!bounds) return undefined
    const range = document.createRange()
    range.setStart(bounds.startContainer, bounds.startOffset)
    range.setEnd(bounds.endContainer, bounds.endOffset)
    return range
  }

  /** Up to `most` of them, from the first on that ends below `top` in the window: the way there takes a few measurements. */
  *from(top: number, most: number): Generator<StaticRange> {
    let first = 0
    for (let end = this.count - most; first < end; ) {
      const middle = (first + end) >> 1
      if ((this.rangeAt(middle)?.getBoundingClientRect().bottom ?? 0) < top) first = middle + 1
      else end = middle
    }
    for (let index = first; index < Math.min(this.count, first + most); index += 1) {
      const bounds = this.#boundsAt(index)
      if (bounds) yield new StaticRange(bounds)
    }
  }

  #boundsAt(index: number): StaticRangeInit | undefined {
    const from = this.#starts[index]
    if (from === undefined) return undefined
    const [startContainer, startOffset] = this.#plain.placeOf(from)
    const [endContainer, endOffset] = this.#plain.placeOf(from + this.#length - 1)
    return { startContainer, startOffset, endContainer, endOffset: endOffset + 1 }
  }
}

/** Text as it is compared, and where each of its characters stands: numbers, because there may be a million of them. */
class PlainText {
  text = ''
  readonly #offsets: number[] = []
  readonly #nodes: Node[] = []
  /** Where the text of each node begins. */
  readonly #begins: number[] = []

  begin(node: Node): void {
    this.#nodes.push(node)
    this.#begins.push(this.text.length)
  }

  add(text: string, offsets: readonly number[]): void {
    this.text += text
    for (const offset of offsets) this.#offsets.push(offset)
  }

  placeOf(at: number): [Node, number] {
    let low = 0
    for (let high = this.#begins.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1
      if ((this.#begins[middle] as number) <= at) low = middle
      else high = middle - 1
    }
    return [this.#nodes[low] as Node, this.#offsets[at] as number]
  }
}

const NOTHING = new PlainText()

function plainTextOf(root: Element): PlainText {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const plain = new PlainText()
  let isGap = false
  let block: Element | null = null
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const own = node.parentElement?.closest('p, li, pre, td, th, h2, h3, h4, h5, h6, article, div') ?? null
    // One block ends where the next begins.
    if (block !== null && own !== block) isGap = true
    block = own
    plain.begin(node)
    isGap = addNode(plain, node.nodeValue ?? '', isGap)
  }
  return plain
}

/** True when the text ends with a gap. */
function addNode(plain: PlainText, text: string, startsWithGap: boolean): boolean {
  const offsets: number[] = []
  let added = ''
  let isGap = startsWithGap
  for (let offset = 0; offset < text.length; offset += 1) {
    const character = text.charAt(offset)
    if (/\s/.test(character)) {
      isGap = true
      continue
    }
    const lower = character.toLowerCase()
    // Marks are left out on both sides, and what becomes longer in small letters stays one place.
    if (/[*_~`]/.test(character) || lower.length !== 1) continue
    if (isGap && (plain.text !== '' || added !== '')) {
      added += ' '
      offsets.push(offset)
    }
    isGap = false
    added += lower
    offsets.push(offset)
  }
  plain.add(added, offsets)
  return isGap
}
