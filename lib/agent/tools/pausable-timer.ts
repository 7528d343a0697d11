/** What is longer, a timer takes for 1 ms. */
const LONGEST_TIMEOUT_MS = 2_147_483_647

/** A deadline that stands still while a person is waited for. */
export class PausableTimer {
  readonly #onDue: () => void
  #leftMs: number
  #startedAt = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #pauses = 0

  constructor(ms: number, onDue: () => void) {
    this.#leftMs = ms
    this.#onDue = onDue
    this.#start()
  }

  /** Until the function that it returns is called; pauses may overlap. */
  pause(): () => void {
    if (this.#pauses === 0) this.#halt()
    this.#pauses += 1
    let isPaused = true
    return () => {
      if (!isPaused) return
      isPaused = false
      this.#pauses -= 1
      if (this.#pauses === 0) this.#start()
    }
  }

  /** Never due any more. */
  stop(): void {
    this.#halt()
    this.#leftMs = Number.POSITIVE_INFINITY
  }

  #start(): void {
    if (this.#leftMs === Number.POSITIVE_INFINITY) return
    this.#startedAt = performance.now()
    this.#timer = setTimeout(() => this.#onTimeout(), Math.min(this.#leftMs, LONGEST_TIMEOUT_MS))
  }

  #onTimeout(): void {
    if (this.#leftMs <= LONGEST_TIMEOUT_MS) this.#onDue()
    else {
      this.#halt()
      this.#start()
    }
  }

  #halt(): void {
    if (this.#timer === undefined) return
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#startedAt))
  }
}
