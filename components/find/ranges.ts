import { findableText } from '#lib/protocol/index.ts'

/** Where a text stands in what is drawn, across the elements that it is made of. */
export function rangesOf(root: Element, text: string): Range[] {
  const wanted = findableText(text).trim()
  const { plain, places } = plainTextOf(root)
  const ranges: Range[] = []
  if (wanted === '') return ranges
  for (let from = plain.indexOf(wanted); from >= 0; from = plain.indexOf(wanted, from + wanted.length)) {
    const start = places[from]
    const end = places[from + wanted.length - 1]
    if (!start || !end) continue
    const range = document.createRange()
    range.setStart(start.node, start.offset)
    range.setEnd(end.node, end.offset + 1)
    ranges.push(range)
  }
  return ranges
}

interface Place {
  node: Node
  offset: number
}

/** The drawn text as it is compared, and where each of its characters stands. */
function plainTextOf(root: Element): { plain: string; places: Place[] } {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  const places: Place[] = []
  let plain = ''
  let isGap = false
  let block: Element | null = null
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.nodeValue ?? ''
    const own = node.parentElement?.closest('p, li, pre, td, th, h2, h3, h4, h5, h6, article, div') ?? null
    // One block ends where the next begins.
    if (block !== null && own !== block) isGap = true
    block = own
    for (let offset = 0; offset < text.length; offset += 1) {
      const character = text.charAt(offset)
      if (/\s/.test(character)) {
        isGap = true
        continue
      }
      const lower = character.toLowerCase()
      // Marks are left out on both sides, and what becomes longer in small letters stays one place.
      if (/[*_~`]/.test(character) || lower.length !== 1) continue
      if (isGap && plain !== '') {
        plain += ' '
        places.push({ node, offset })
      }
      isGap = false
      plain += lower
      places.push({ node, offset })
    }
  }
  return { plain, places }
}
