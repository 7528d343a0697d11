/** Bytes as lines of text, with a limit on what is kept of one that has not ended. */
export class Lines {
  readonly #longest: number
  #pieces: Buffer[] = []
  #length = 0
  #isSkipping = false

  constructor(longest: number) {
    this.#longest = longest
  }

  /** True when the line that has not ended is longer than allowed. */
  get isOver(): boolean {
    return this.#length > this.#longest
  }

  /** Drops what there is of the line that has not ended, and the rest of it as it comes. */
  skip(): void {
    this.#pieces = []
    this.#length = 0
    this.#isSkipping = true
  }

  /** The lines that this chunk ends, without those that are too long. */
  *add(chunk: Buffer): Generator<string> {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      this.#keep(chunk.subarray(start, end))
      start = end + 1
      const line = this.#isSkipping || this.isOver ? undefined : Buffer.concat(this.#pieces).toString('utf8')
      this.#pieces = []
      this.#length = 0
      this.#isSkipping = false
      if (line !== undefined) yield line
    }
    this.#keep(chunk.subarray(start))
  }

  #keep(piece: Buffer): void {
    if (this.#isSkipping || piece.length === 0) return
    this.#length += piece.length
    this.#pieces.push(piece)
  }
}
