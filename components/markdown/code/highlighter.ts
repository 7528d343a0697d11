/** Some characters of a line in one colour; null: as all text is. */
export interface Run {
  kind: string | null
  text: string
}

export type Line = readonly Run[]

/** Reads one line after what stood before it: `state` is what the line before has left, undefined at the beginning. */
export type Grammar<State> = (line: string, state: State | undefined) => { runs: Run[]; state: State | undefined }

interface Piece<State> {
  text: string
  lines: readonly Line[]
  /** How many lines are read for good, how many characters they have, and what they have left. */
  count: number
  length: number
  after: State | undefined
}

/** Longer lines are not code that somebody wrote, and take too long. */
const LONGEST_LINE = 2_000

/**
 * Highlights code that grows, in the pieces that it is drawn in. Each whole line is read once; the last one, while it is not whole, again
 * with each update. Works for about `budgetMs`, then says that it is not done.
 */
export class Highlighter<State> {
  readonly #grammar: Grammar<State>
  #pieces: Piece<State>[] = []

  constructor(grammar: Grammar<State>) {
    this.#grammar = grammar
  }

  /** The lines of a piece that are read by now. Those of one that did not change are the same. */
  linesOf(piece: number): readonly Line[] | undefined {
    return this.#pieces[piece]?.lines
  }

  advance(pieces: readonly string[], budgetMs: number): boolean {
    const until = performance.now() + budgetMs
    const changed = this.#pieces.findIndex(({ text, length }, index) => !pieces[index]?.startsWith(text.slice(0, length)))
    if (changed >= 0) this.#pieces = this.#pieces.slice(0, changed)
    for (let index = Math.max(0, this.#pieces.length - 1); index < pieces.length; index += 1) {
      const piece = this.#pieces[index] ?? begin(this.#pieces[index - 1]?.after)
      this.#pieces[index] = piece
      if (!this.#read(piece, pieces[index] as string, index < pieces.length - 1, until)) return false
    }
    return true
  }

  /** False when time ran out. */
  #read(piece: Piece<State>, text: string, isWhole: boolean, until: number): boolean {
    if (piece.text === text && isRead(piece, isWhole)) return true
    piece.text = text
    const lines = piece.lines.slice(0, piece.count)
    while (piece.length < text.length || piece.count === 0) {
      const end = text.indexOf('\n', piece.length)
      const { runs, state } = this.#line(text.slice(piece.length, end < 0 ? undefined : end), piece.after)
      lines.push(runs)
      if (end < 0 && !isWhole) break
      piece.count += 1
      piece.length = end < 0 ? text.length : end + 1
      piece.after = state
      if (performance.now() > until) break
    }
    piece.lines = lines
    return isRead(piece, isWhole)
  }

  #line(text: string, state: State | undefined): { runs: Run[]; state: State | undefined } {
    return text.length > LONGEST_LINE ? { runs: [{ kind: null, text }], state } : this.#grammar(text, state)
  }
}

function isRead<State>({ text, length, count, lines }: Piece<State>, isWhole: boolean): boolean {
  return length === text.length ? count > 0 || lines.length > 0 : !isWhole && lines.length > count
}

function begin<State>(before: State | undefined): Piece<State> {
  return { text: '', lines: [], count: 0, length: 0, after: before }
}
