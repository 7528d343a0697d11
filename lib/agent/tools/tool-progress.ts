import { cleanText } from '#lib/protocol/index.ts'
import type { ProgressUpdate } from '#lib/tools/index.ts'
import type { RunEvent } from '../run-log.ts'

type ProgressEvent = Extract<RunEvent, { type: 'llm:tool-progress' }>

/** Readers are told this often, whatever a tool does. */
const EVERY_MS = 100
/** Characters of one call that are shown. */
const MOST_SHOWN = 64_000

/** Gathers what a tool shows of itself, and hands it on a few times a second. */
export class ToolProgress {
  readonly #send: (event: ProgressEvent) => void
  readonly #call: { callId: string; toolName: string }
  #text = ''
  #numbers: { done?: number; total?: number } = {}
  #shown = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #isOver = false

  constructor(call: { callId: string; toolName: string }, send: (event: ProgressEvent) => void) {
    this.#call = call
    this.#send = send
  }

  /** Never throws: what makes no sense is not shown. */
  readonly update = (update: ProgressUpdate): void => {
    if (this.#isOver) return
    const { text, done, total } = typeof update === 'string' ? { text: update } : (update ?? {})
    if (typeof text === 'string') this.#add(text)
    if (Number.isFinite(done)) this.#numbers.done = done as number
    if (Number.isFinite(total)) this.#numbers.total = total as number
    this.#timer ??= setTimeout(() => this.#flush(), EVERY_MS)
  }

  /** Hands on what is left. What the tool shows from now on is too late. */
  end(): void {
    this.#isOver = true
    if (this.#timer !== undefined) this.#flush()
  }

  #add(text: string): void {
    const room = MOST_SHOWN - this.#shown
    if (room <= 0) return
    const taken = text.slice(0, room)
    this.#shown += taken.length
    this.#text += taken
    if (this.#shown >= MOST_SHOWN) this.#text += '\n[more is not shown]'
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // A character may have been cut in two: its second half is still to come.
    const isCut = !this.#isOver && /[\uD800-\uDBFF]$/.test(this.#text)
    const text = isCut ? this.#text.slice(0, -1) : this.#text
    this.#text = isCut ? this.#text.slice(-1) : ''
    const event = { ...this.#call, ...(text !== '' && { text: cleanText(text) }), ...this.#numbers }
    this.#numbers = {}
    this.#send({ type: 'llm:tool-progress', ...event })
  }
}
