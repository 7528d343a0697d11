import type { Token, Tokens } from 'marked'
import { decodeEntities } from './entities.ts'

/** What inline tokens say, without their marks. */
export function plainText(tokens: readonly Token[] | undefined): string {
  return (tokens ?? []).map(textOf).join('')
}

function textOf(token: Token): string {
  switch (token.type) {
    case 'checkbox':
      return ''
    case 'br':
      return ' '
    case 'codespan':
    case 'escape':
    case 'image':
      return (token as Tokens.Codespan).text
    default:
      return 'tokens' in token && token.tokens ? plainText(token.tokens) : decodeEntities('text' in token ? String(token.text) : token.raw)
  }
}
