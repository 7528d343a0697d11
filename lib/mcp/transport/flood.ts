const MOST_BYTES = 100_000_000
const MOST_MESSAGES = 10_000
const WINDOW_MS = 10_000

/** Why a server that floods is given up. */
export const FLOODED = 'It sent more than a client can take.'

/** Counts what a server sends: more than 10,000 messages or 100 MB in ten seconds is a flood. */
export class Flood {
  #began = 0
  #bytes = 0
  #messages = 0

  /** True once what was counted in this window is too much. */
  isOver(messages: number, bytes: number): boolean {
    const now = performance.now()
    if (now - this.#began > WINDOW_MS) {
      this.#began = now
      this.#bytes = 0
      this.#messages = 0
    }
    this.#bytes += bytes
    this.#messages += messages
    return this.#bytes > MOST_BYTES || this.#messages > MOST_MESSAGES
  }
}
