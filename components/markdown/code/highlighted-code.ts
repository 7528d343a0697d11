import type { HighlightEnd, HighlightReply, HighlightRequest } from './highlight-messages.ts'
import type { Line } from './highlighter.ts'

/** The colours of one code block, as the worker tells them, piece by piece. */
export class HighlightedCode {
  readonly #block: number
  readonly #language: string
  readonly #lines: (readonly Line[] | undefined)[] = []
  readonly #listeners = new Set<() => void>()
  #sent: readonly string[] = []

  constructor(language: string) {
    nextBlock += 1
    this.#block = nextBlock
    this.#language = language
  }

  linesOf(piece: number): readonly Line[] | undefined {
    return this.#lines[piece]
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Asks for the colours of what is new. */
  update(pieces: readonly string[]): void {
    const changed: [number, string][] = []
    for (const [piece, text] of pieces.entries()) if (this.#sent[piece] !== text) changed.push([piece, text])
    if (changed.length === 0 && this.#sent.length === pieces.length) return
    this.#sent = pieces
    open.set(this.#block, this)
    post({ block: this.#block, language: this.#language, count: pieces.length, changed })
  }

  take({ piece, from, lines }: HighlightReply): void {
    this.#lines[piece] = [...(this.#lines[piece] ?? []).slice(0, from), ...lines]
    for (const listener of this.#listeners) listener()
  }

  close(): void {
    if (!open.delete(this.#block)) return
    this.#sent = []
    post({ block: this.#block, isOver: true })
  }
}

let nextBlock = 0
let worker: Worker | undefined
const open = new Map<number, HighlightedCode>()

/** One worker for all blocks of the page, from the first on. */
function post(message: HighlightRequest | HighlightEnd): void {
  if (!worker) {
    worker = new Worker(new URL('./highlight.worker.ts', import.meta.url), { type: 'module' })
    worker.onmessage = ({ data }: MessageEvent<HighlightReply>) => open.get(data.block)?.take(data)
  }
  worker.postMessage(message)
}
