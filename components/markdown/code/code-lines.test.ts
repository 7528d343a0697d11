import { expect, test } from 'vitest'
import { CodeLines, piecesOf } from './code-lines.ts'

const lines = (count: number, blankEvery = 0) =>
  Array.from({ length: count }, (_, index) => (blankEvery && index % blankEvery === blankEvery - 1 ? '' : `line ${index}`)).join('\n')

test.each(['', '\n', 'a', 'a\n\n', lines(64), lines(65), lines(1_000), lines(1_000, 64), lines(500, 2), '\n'.repeat(300)])(
  'the pieces joined are the code (%#)',
  (code) => expect(piecesOf(code).join('\n')).toBe(code),
)

test('only the last piece may end in an empty line', () => {
  for (const piece of piecesOf(lines(1_000, 64)).slice(0, -1)) expect(piece).toMatch(/[^\n]$/)
})

test('while code grows, all pieces but the last stay', () => {
  const before = piecesOf(lines(200))
  expect(before.length).toBe(4)
  expect(piecesOf(`${lines(200)}\nmore\n\n`).slice(0, 3)).toEqual(before.slice(0, 3))
})

test('code that grows by any amount has the pieces of all of it, and keeps those before the last', () => {
  const code = `${lines(300, 7)}\n\n\n${lines(90)}\n`
  for (const size of [1, 13, 700]) {
    const growing = new CodeLines()
    for (let end = 1; end < code.length; end += size) growing.update(code.slice(0, end))
    expect(growing.update(code)).toEqual(piecesOf(code))
  }
  const growing = new CodeLines()
  growing.update(code)
  expect(growing.update('other')).toEqual(['other'])
})
