import { cleanText } from '#lib/protocol/index.ts'

/** Joins characters that a provider cut over two deltas, so that every delta is well-formed Unicode. */
export class TextJoiner {
  #held = ''

  /** The delta as it may be shown: an unfinished character waits for its second half. */
  take(delta: string): string {
    const text = this.#held + delta
    this.#held = ''
    if (text.isWellFormed() && !text.includes('\0')) return text
    const last = text.charCodeAt(text.length - 1)
    if (last < 0xd800 || last > 0xdbff) return cleanText(text)
    this.#held = text.slice(-1)
    return cleanText(text.slice(0, -1))
  }

  /** What is left when nothing more comes: half a character is shown as U+FFFD. */
  end(): string {
    const text = cleanText(this.#held)
    this.#held = ''
    return text
  }
}
