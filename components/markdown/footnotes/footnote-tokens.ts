import type { Lexer, Token, Tokens } from 'marked'

export interface NoteToken extends Tokens.Generic {
  type: 'footnote'
  label: string
  tokens: Token[]
}

export interface NoteMarkToken extends Tokens.Generic {
  type: 'footnote-mark'
  label: string
}

const BEGIN = /^ {0,3}\[\^([^\]\s]{1,100})\]:[ \t]*/
const ANY_BEGIN = /^ {0,3}\[\^[^\]\s]{1,100}\]:/

/** What a footnote says: its line, those that go on with it, and after a blank line those that are indented. */
export function noteBlock(lexer: Lexer, source: string): NoteToken | undefined {
  const begin = BEGIN.exec(source)
  if (!begin) return undefined
  const end = endOf(source)
  const raw = source.slice(0, end)
  const body = raw.slice(begin[0].length).replace(/\n(?: {1,4}|\t)/g, '\n')
  return { type: 'footnote', raw, label: normal(begin[1] ?? ''), tokens: lexer.blockTokens(body, []) }
}

function endOf(source: string): number {
  let isAfterBlank = false
  let kept = 0
  for (let from = 0; from < source.length; ) {
    const feed = source.indexOf('\n', from)
    const next = feed < 0 ? source.length : feed + 1
    const line = source.slice(from, next)
    const isBlank = line.trim() === ''
    if (from > 0 && !isBlank && (ANY_BEGIN.test(line) || (isAfterBlank && !/^(?: {4}|\t)/.test(line)))) break
    if (!isBlank) kept = feed < 0 ? next : feed
    isAfterBlank = isBlank
    from = next
  }
  return kept
}

/** The mark of a footnote in the text. */
export function noteMark(source: string): NoteMarkToken | undefined {
  const match = /^\[\^([^\]\s]{1,100})\](?!\()/.exec(source)
  return match ? { type: 'footnote-mark', raw: match[0], label: normal(match[1] ?? '') } : undefined
}

/** The labels that a text marks or explains, in order. */
export function labelsIn(raw: string): string[] | undefined {
  if (!raw.includes('[^')) return undefined
  return Array.from(raw.matchAll(/\[\^([^\]\s]{1,100})\](?![(:])/g), (match) => normal(match[1] ?? ''))
}

function normal(label: string): string {
  return label.toLowerCase()
}
