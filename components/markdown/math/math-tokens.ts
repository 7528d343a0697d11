import type { Tokens } from 'marked'

export interface MathToken extends Tokens.Generic {
  type: 'math'
  text: string
  isDisplay: boolean
  /** Its end has not come: it is shown as it is written. */
  isOpen: boolean
}

const OPENING = /^ {0,3}(?:\$\$|\\\[)/
const ON_ONE_LINE = /^ {0,3}(?:\$\$([^\n]+?)\$\$|\\\[([^\n]+?)\\\])[ \t]*(?:\n|$)/
const ON_MANY = /^ {0,3}(?:\$\$[ \t]*\n([\s\S]*?)\$\$|\\\[[ \t]*\n([\s\S]*?)\\\])[ \t]*(?:\n|$)/
const BEGINS_MANY = /^ {0,3}(?:\$\$|\\\[)[ \t]*\n/
const BLANK_LINE = /\n[ \t]*\n/

/** Display maths that stands by itself: `$$ … $$` or `\[ … \]`, which no blank line is in, as in TeX. Until its end comes it takes all. */
export function mathBlock(source: string): MathToken | undefined {
  if (!OPENING.test(source)) return undefined
  const line = ON_ONE_LINE.exec(source)
  if (line) return display(line[0], line[1] ?? line[2] ?? '')
  const opening = BEGINS_MANY.exec(source)
  if (!opening) return undefined
  const blank = source.slice(opening[0].length - 1).search(BLANK_LINE)
  const reach = blank < 0 ? source : source.slice(0, opening[0].length + blank)
  const closed = ON_MANY.exec(reach)
  if (closed) return display(closed[0], closed[1] ?? closed[2] ?? '')
  return blank < 0 ? { ...display(source, source), isOpen: true } : undefined
}

function display(raw: string, text: string): MathToken {
  return { type: 'math', raw, text: text.trim(), isDisplay: true, isOpen: false }
}

/** Where in the lines of a paragraph display maths may begin. */
export function mathBlockStart(source: string): number | undefined {
  const end = source.search(BLANK_LINE)
  const found = (end < 0 ? source : source.slice(0, end)).search(/\n {0,3}(?:\$\$|\\\[)/)
  return found < 0 ? undefined : found + 1
}

/**
 * A dollar before a space or after one is a price, and so is one before a digit at the end. No formula within text is longer
 * than that: from each opening that nothing closes, all that follows would be searched.
 */
const INLINE =
  /^(?:\$\$((?:\\[\s\S]|[^\\$])+?)\$\$|\\\[([\s\S]{1,4000}?)\\\]|\$(?![\s$])((?:\\[^\n]|[^\\$\n])*?(?:\\[^\n]|[^\s\\$]))\$(?!\d)|\\\(([\s\S]{1,4000}?)\\\))/

export function mathInline(source: string): MathToken | undefined {
  const match = INLINE.exec(source)
  if (!match) return undefined
  const [raw, dollars, brackets, dollar, parentheses] = match
  const text = (dollars ?? brackets ?? dollar ?? parentheses ?? '').trim()
  if (!text) return undefined
  return { type: 'math', raw, text, isDisplay: (dollars ?? brackets) !== undefined, isOpen: false }
}

/** Text ends before brackets and backslashes by itself. This is asked at each token, so it is a plain search. */
export function mathInlineStart(source: string): number | undefined {
  const found = source.indexOf('$')
  return found < 0 ? undefined : found
}
