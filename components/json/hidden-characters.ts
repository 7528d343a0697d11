/** An emoji as it is drawn: its joiners and its selector are part of what is seen. */
const EMOJI = String.raw`\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?(?:\u200D\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)*`

/** What is not seen, looks like a space and is none, or changes the order of what is seen; lines and tabs are seen. */
const HIDDEN = String.raw`(?![\n\t ])[\p{Cc}\p{Cf}\p{Cs}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]`

const PATTERN = new RegExp(`(?<emoji>${EMOJI})|(?<hidden>${HIDDEN})`, 'gu')
const ANY = new RegExp(HIDDEN, 'u')

/** A piece of a text as it stands there, or the code point of a character that would not be seen. */
export type Piece = { type: 'text'; text: string } | { type: 'hidden'; codePoint: string; count: number }

/** The text in order, with each character that would not be seen apart: "U+202E", and how many of it in a row. */
export function piecesOf(text: string): Piece[] {
  if (!ANY.test(text)) return [{ type: 'text', text }]
  const pieces: Piece[] = []
  let from = 0
  for (const match of text.matchAll(PATTERN)) {
    const hidden = match.groups?.hidden
    if (hidden === undefined) continue
    if (match.index > from) pieces.push({ type: 'text', text: text.slice(from, match.index) })
    addHidden(pieces, codePointOf(hidden))
    from = match.index + hidden.length
  }
  if (from < text.length) pieces.push({ type: 'text', text: text.slice(from) })
  return pieces
}

function addHidden(pieces: Piece[], codePoint: string): void {
  const last = pieces.at(-1)
  if (last?.type === 'hidden' && last.codePoint === codePoint) last.count += 1
  else pieces.push({ type: 'hidden', codePoint, count: 1 })
}

function codePointOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}
