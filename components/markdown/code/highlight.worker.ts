import { loadGrammar } from './grammars.ts'
import type { HighlightEnd, HighlightReply, HighlightRequest } from './highlight-messages.ts'
import { Highlighter, type Line } from './highlighter.ts'

/** Milliseconds after which another block may have its turn. */
const TURN_MS = 30

type Known = Highlighter<never>

interface Block {
  pieces: string[]
  highlighter: Known | undefined
  sent: (readonly Line[])[]
  isWaiting: boolean
}

const blocks = new Map<number, Block>()

/** Reading a grammar's expressions takes a good part of a second: it is done here, where no drawing waits for it. */
self.onmessage = ({ data }: MessageEvent<HighlightRequest | HighlightEnd>) => {
  if ('isOver' in data) blocks.delete(data.block)
  else void take(data)
}

async function take({ block: id, language, count, changed }: HighlightRequest): Promise<void> {
  const block: Block = blocks.get(id) ?? { pieces: [], highlighter: undefined, sent: [], isWaiting: false }
  const isNew = !blocks.has(id)
  blocks.set(id, block)
  block.pieces.length = count
  for (const [piece, text] of changed) block.pieces[piece] = text
  if (isNew) {
    const grammar = await loadGrammar(language)
    if (grammar) block.highlighter = new Highlighter(grammar) as unknown as Known
  }
  work(id)
}

function work(id: number): void {
  const block = blocks.get(id)
  if (!block?.highlighter || block.isWaiting) return
  const isDone = block.highlighter.advance(block.pieces, TURN_MS)
  for (const piece of block.pieces.keys()) tell(id, block, block.highlighter, piece)
  if (isDone) return
  block.isWaiting = true
  setTimeout(() => {
    block.isWaiting = false
    work(id)
  })
}

/** Only lines that were not told yet. */
function tell(id: number, block: Block, highlighter: Known, piece: number): void {
  const lines = highlighter.linesOf(piece)
  const sent = block.sent[piece] ?? []
  if (!lines || lines === sent) return
  let from = 0
  while (from < lines.length && lines[from] === sent[from]) from += 1
  block.sent[piece] = lines
  const reply: HighlightReply = { block: id, piece, from, lines: lines.slice(from) }
  self.postMessage(reply)
}
