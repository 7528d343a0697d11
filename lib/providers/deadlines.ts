import { AppError } from '#lib/protocol/index.ts'
import type { ModelDeadlines } from './model.ts'

/** Watches one model call. One timer at a time, moved on by what arrives; nothing is made per chunk. */
export class DeadlineWatch {
  readonly #deadlines: ModelDeadlines
  readonly #onMissed: (error: AppError) => void
  #timer: NodeJS.Timeout
  #hasBegun = false
  #isHeld = false

  constructor(deadlines: ModelDeadlines, onMissed: (error: AppError) => void) {
    this.#deadlines = deadlines
    this.#onMissed = onMissed
    this.#timer = setTimeout(() => this.#onTimer(), deadlines.firstByteMs)
  }

  /** Something arrived. */
  touch(): void {
    if (this.#hasBegun) {
      this.#timer.refresh()
      return
    }
    this.#hasBegun = true
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#onTimer(), this.#deadlines.stallMs)
  }

  /** The reader of the answer is busy: the provider's time stands still until `release`. */
  hold(): void {
    this.#isHeld = true
  }

  release(): void {
    this.#isHeld = false
    this.#timer.refresh()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #onTimer(): void {
    if (this.#isHeld) {
      this.#timer.refresh()
      return
    }
    this.#onMissed(this.#hasBegun ? stalled(this.#deadlines.stallMs) : timedOut(this.#deadlines.firstByteMs))
  }
}

function timedOut(ms: number): AppError {
  const message = `The model did not begin to answer within ${seconds(ms)}. Try again; for a slow model raise RILL_FIRST_BYTE_TIMEOUT_MS.`
  return new AppError('provider-timeout', message, { recoverable: true })
}

function stalled(ms: number): AppError {
  const message = `The model stopped in mid-answer and sent nothing for ${seconds(ms)}. What it had written is kept. Try again; for a slow model raise RILL_STALL_TIMEOUT_MS.`
  return new AppError('provider-stalled', message, { recoverable: true })
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`
}
