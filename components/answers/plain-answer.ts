import type { Token, Tokens } from 'marked'
import type { lex } from '../markdown/lex.ts'
import { plainText } from '../markdown/plain-text.ts'

export type Lex = typeof lex

export interface PlainOptions {
  /** Reads the markdown. The page has it: were it imported here too, the page's own script would be cut in two. */
  lex: Lex
  /** Stands for a block of code; without it, the code itself. */
  codeAs?: string
}

/** What an answer says, without the marks of its markdown: one blank line between blocks, bullets and numbers where it has them. */
export function plainAnswer(markdown: string, { lex, codeAs }: PlainOptions): string {
  const { blocks } = lex(markdown.replace(/\r\n?/g, '\n'), 0, {})
  return joined(
    blocks.map(({ token }) => token),
    codeAs,
  )
}

function joined(tokens: readonly Token[], codeAs: string | undefined, gap = '\n\n'): string {
  return tokens
    .map((token) => blockText(token, codeAs))
    .filter((text) => text !== '')
    .join(gap)
}

function blockText(token: Token, codeAs: string | undefined): string {
  switch (token.type) {
    case 'space':
    case 'def':
    case 'checkbox':
    case 'hr':
      return ''
    case 'code':
      return codeAs ?? (token as Tokens.Code).text
    case 'math':
      return (token as Tokens.Generic).text
    case 'blockquote':
      return joined(token.tokens ?? [], codeAs)
    case 'footnote':
      return `[${(token as Tokens.Generic).label}] ${joined(token.tokens ?? [], codeAs)}`
    case 'list':
      return listText(token as Tokens.List, codeAs)
    case 'table':
      return tableText(token as Tokens.Table)
    case 'heading':
    case 'paragraph':
    case 'text':
      return plainText(withBreaks(token.tokens ?? [token])).trim()
    default:
      return token.raw.trim()
  }
}

function listText({ items, ordered, start, loose }: Tokens.List, codeAs: string | undefined): string {
  const first = typeof start === 'number' ? start : 1
  const lines = items.map((item, index) => {
    const mark = ordered ? `${first + index}. ` : item.task ? `[${item.checked ? 'x' : ' '}] ` : '• '
    return mark + indented(joined(item.tokens, codeAs, loose ? '\n\n' : '\n'), mark.length)
  })
  return lines.join(loose ? '\n\n' : '\n')
}

function indented(text: string, by: number): string {
  return text.replace(/\n(?!\n)/g, `\n${' '.repeat(by)}`)
}

/** Between the cells a tab: so it goes into a spreadsheet, too. */
function tableText({ header, rows }: Tokens.Table): string {
  return [header, ...rows].map((cells) => cells.map(({ tokens }) => plainText(tokens)).join('\t')).join('\n')
}

/** A hard break is a new line here, not a space. */
function withBreaks(tokens: readonly Token[]): Token[] {
  return tokens.map((token) => (token.type === 'br' ? { type: 'escape', raw: token.raw, text: '\n' } : token))
}
