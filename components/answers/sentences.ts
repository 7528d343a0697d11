/** Longer pieces are broken off by some voices before their end. In characters. */
const LONGEST = 220

/** A text in pieces that can be spoken one after the other: sentences, and long ones at their commas or words. */
export function sentencesOf(text: string): string[] {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'sentence' })
  return text
    .split('\n')
    .flatMap((line) => Array.from(segmenter.segment(line), ({ segment }) => segment.trim()))
    .filter((sentence) => /[\p{L}\p{N}]/u.test(sentence))
    .flatMap(pieces)
}

function pieces(sentence: string): string[] {
  const all: string[] = []
  let rest = sentence
  while (rest.length > LONGEST) {
    const head = rest.slice(0, LONGEST)
    const comma = Math.max(head.lastIndexOf(', '), head.lastIndexOf('; '), head.lastIndexOf(': ')) + 1
    const end = comma > LONGEST / 3 ? comma : head.lastIndexOf(' ') > 0 ? head.lastIndexOf(' ') : wholeCharacters(head)
    all.push(rest.slice(0, end).trim())
    rest = rest.slice(end).trim()
  }
  return rest === '' ? all : [...all, rest]
}

/** Without half a surrogate pair. */
function wholeCharacters(text: string): number {
  return /[\uD800-\uDBFF]$/.test(text) ? text.length - 1 : text.length
}
