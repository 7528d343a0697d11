import type { Tokens } from 'marked'
import type { Block } from './lex.ts'

const OPENING = /^(`{3,}|~{3,})[^\n]*\n/

/** A code block at the end whose closing fence has not come: whatever follows is code, until the fence does. */
export interface OpenFence {
  start: number
  lang: string
  /** Where the code begins. */
  codeStart: number
  /** What a line must look like to close it. */
  closing: RegExp
  /** Where the first line begins that has not been seen whole. */
  lineStart: number
}

/** The open fence that a text ends in, if it does. One that is indented is not followed: its lines would have to be changed. */
export function openFenceAt(last: Block | undefined, text: string): OpenFence | null {
  if (last?.token.type !== 'code') return null
  const opening = OPENING.exec(last.token.raw)
  if (!opening) return null
  const codeStart = last.start + opening[0].length
  const closing = new RegExp(`^ {0,3}${opening[1]}[~\`]* *$`)
  const fence = { start: last.start, lang: (last.token as Tokens.Code).lang ?? '', codeStart, closing, lineStart: codeStart }
  return followFence(fence, text)
}

/** The fence after more text came; null when a line closes it. Only lines not yet seen whole are looked at. */
export function followFence(fence: OpenFence, text: string): OpenFence | null {
  let { lineStart } = fence
  for (;;) {
    const end = text.indexOf('\n', lineStart)
    // A last line that would close it does, though more of the line may take that back.
    if (fence.closing.test(text.slice(lineStart, end < 0 ? undefined : end))) return null
    if (end < 0) return { ...fence, lineStart }
    lineStart = end + 1
  }
}

/** The block that an open fence is so far. A line feed at the end is not shown: the next line has not begun. */
export function fenceBlock({ start, lang, codeStart }: OpenFence, text: string): Block {
  const raw = text.slice(start)
  const code = text.slice(codeStart, text.endsWith('\n') ? -1 : undefined)
  return { start, token: { type: 'code', raw, lang, text: text.length > codeStart ? code : '', isOpen: true } }
}
