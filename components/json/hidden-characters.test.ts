import { expect, test } from 'vitest'
import { piecesOf } from './hidden-characters.ts'

const shown = (text: string) =>
  piecesOf(text).map((piece) => (piece.type === 'text' ? piece.text : `[${piece.codePoint}${piece.count > 1 ? `×${piece.count}` : ''}]`))

test.each([
  ['plain text, lines and tabs', 'rm -rf ./build\n\tdone — “ok” äöü 中文 שלום'],
  ['emoji with joiners, selectors and skin', '👩‍👩‍👧 ❤️ 👍🏽 ☺️'],
  ['nothing', ''],
])('%s stay as they are', (_, text) => expect(piecesOf(text)).toEqual([{ type: 'text', text }]))

test.each([
  ['an override of direction', 'photo\u202Egnp.exe', ['photo', '[U+202E]', 'gnp.exe']],
  ['isolates', '\u2066a\u2069', ['[U+2066]', 'a', '[U+2069]']],
  ['widths of zero', 'pay\u200Bpal\uFEFF', ['pay', '[U+200B]', 'pal', '[U+FEFF]']],
  ['controls', 'a\u0000b\u001B[2Kc\rd\u007F', ['a', '[U+0000]', 'b', '[U+001B]', '[2Kc', '[U+000D]', 'd', '[U+007F]']],
  ['spaces that are none', 'a\u00A0b\u3000c\u2800d', ['a', '[U+00A0]', 'b', '[U+3000]', 'c', '[U+2800]', 'd']],
  ['ends of lines that no line shows', 'a\u2028b\u2029c', ['a', '[U+2028]', 'b', '[U+2029]', 'c']],
  ['tags and selectors that carry text', 'ok\u{E0041}\u{E0100}\uFE00', ['ok', '[U+E0041]', '[U+E0100]', '[U+FE00]']],
  ['fillers and soft hyphens', 'a\u3164b\u00ADc\u115F', ['a', '[U+3164]', 'b', '[U+00AD]', 'c', '[U+115F]']],
  ['many in a row', 'a\u200B\u200B\u200B\u200Cb', ['a', '[U+200B×3]', '[U+200C]', 'b']],
  ['half a surrogate pair', 'a\uD800b', ['a', '[U+D800]', 'b']],
  ['a joiner and a selector without emoji', 'a\u200Db\uFE0F', ['a', '[U+200D]', 'b', '[U+FE0F]']],
])('%s are shown', (_, text, expected) => expect(shown(text)).toEqual(expected))

test('nothing is lost', () => {
  const text = 'x\u202Ey\u200B\u00A0\u00A0z👩‍👩‍👧\u{E0041}'
  const back = piecesOf(text).map((piece) =>
    piece.type === 'text' ? piece.text : String.fromCodePoint(Number.parseInt(piece.codePoint.slice(2), 16)).repeat(piece.count),
  )
  expect(back.join('')).toBe(text)
})

test('256 kB of one hidden character are one piece, and so is text without any', () => {
  expect(piecesOf('\u200B'.repeat(262_144))).toEqual([{ type: 'hidden', codePoint: 'U+200B', count: 262_144 }])
  expect(piecesOf('a '.repeat(131_072)).length).toBe(1)
  expect(piecesOf('👩‍'.repeat(50_000)).map(({ type }) => type)).toEqual(['text', 'hidden'])
})
