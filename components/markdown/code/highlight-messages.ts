import type { Line } from './highlighter.ts'

/** Code as it is now: how many pieces it has, and those that changed since the last message of this block. */
export interface HighlightRequest {
  block: number
  language: string
  count: number
  changed: [piece: number, text: string][]
}

/** The lines of a piece from `from` on, and the text that all its lines are. */
export interface HighlightReply {
  block: number
  piece: number
  from: number
  lines: Line[]
}

/** The block is not drawn any more. */
export interface HighlightEnd {
  block: number
  isOver: true
}
