import { cleanText } from '#lib/protocol/index.ts'

/**
 * Makes well-formed text of deltas that may be cut anywhere: the first half of a surrogate pair waits for the second. What
 * cannot be text (NUL, half a pair alone) becomes U+FFFD.
 */
export class TextJoiner {
  #waiting = ''

  /** The text that can be shown now; may be empty. */
  take(delta: string): string {
    let text = this.#waiting === '' ? delta : this.#waiting + delta
    this.#waiting = ''
    if (isHighSurrogate(text.charCodeAt(text.length - 1))) {
      this.#waiting = text.slice(-1)
      text = text.slice(0, -1)
    }
    return text.isWellFormed() && !text.includes('\0') ? text : cleanText(text)
  }

  /** What still waited when the text ended. */
  end(): string {
    const text = cleanText(this.#waiting)
    this.#waiting = ''
    return text
  }
}

function isHighSurrogate(code: number): boolean {
  return (code & 0xfc00) === 0xd800
}
