/** Letters as they are compared: without accents, and all small. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

const isWordStart = (text: string, at: number) => at === 0 || /[^\p{L}\p{N}]/u.test(text[at - 1] ?? '')

/**
 * How well a text answers to what was typed; null when letters are missing. Each word that was typed must be in it, best as a piece, at
 * the start of a word; else its letters in order, from the start of a word on.
 */
export function scoreOf(typed: string, text: string): number | null {
  const words = plain(typed).split(/\s+/).filter(Boolean)
  const within = plain(text)
  let sum = 0
  for (const word of words) {
    const score = pieceScore(word, within) ?? scatteredScore(word, within)
    if (score === null) return null
    sum += score
  }
  // Of texts that fit alike, the shorter one is meant.
  return sum - within.length / 1_000
}

function pieceScore(word: string, text: string): number | null {
  let best: number | null = null
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const score = at === 0 ? 4 : isWordStart(text, at) ? 3 : 2
    if (best === null || score > best) best = score
  }
  return best
}

function scatteredScore(word: string, text: string): number | null {
  for (let start = text.indexOf(word[0] ?? ''); start >= 0; start = text.indexOf(word[0] ?? '', start + 1)) {
    if (isWordStart(text, start) && hasInOrder(word, text, start)) return 1
  }
  return null
}

function hasInOrder(word: string, text: string, start: number): boolean {
  let at = start
  for (const letter of word) {
    at = text.indexOf(letter, at) + 1
    if (at === 0) return false
  }
  return true
}

/** What answers to it, the best first, in the order given where it is alike; all where nothing was typed. */
export function ranked<Item>(typed: string, items: readonly Item[], textOf: (item: Item) => string): Item[] {
  if (typed.trim() === '') return [...items]
  return items
    .map((item) => ({ item, score: scoreOf(typed, textOf(item)) }))
    .filter((one): one is { item: Item; score: number } => one.score !== null)
    .sort((a, b) => b.score - a.score)
    .map(({ item }) => item)
}
