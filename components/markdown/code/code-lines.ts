import { beginsWith, ownCopy } from '../lex.ts'

const LINES = 64

/**
 * Code in pieces of whole lines, which joined by line feeds are the code again. While code grows only the last piece changes, so
 * that what stands above is neither looked at, drawn nor laid out again. No piece ends in an empty line: as a block, it would not
 * show it.
 */
export class CodeLines {
  #code = ''
  #pieces: readonly string[] = ['']
  /** Where the last piece begins. */
  #open = 0

  update(code: string): readonly string[] {
    if (code === this.#code) return this.#pieces
    const isGrown = beginsWith(code, this.#code)
    const settled = isGrown ? this.#pieces.slice(0, -1) : []
    const from = isGrown ? this.#open : 0
    const found = piecesOf(ownCopy(code.slice(from)))
    this.#pieces = [...settled, ...found]
    this.#open = code.length - (found.at(-1)?.length ?? 0)
    this.#code = code
    return this.#pieces
  }
}

export function piecesOf(code: string): string[] {
  const pieces: string[] = []
  let start = 0
  let lines = 0
  for (let from = 0; ; ) {
    const end = code.indexOf('\n', from)
    if (end < 0) return [...pieces, code.slice(start)]
    lines += 1
    if (lines >= LINES && end > from) {
      pieces.push(code.slice(start, end))
      start = end + 1
      lines = 0
    }
    from = end + 1
  }
}
