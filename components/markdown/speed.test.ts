import { describe, expect, test } from 'vitest'
import { lex } from './lex.ts'

const OPENINGS: Record<string, string> = {
  brackets: '[',
  images: '![',
  links: '[a](',
  labels: '[a]',
  'links in angles': '[a](<b',
  notes: '[^a',
  formulas: '\\(',
  dollars: '$a ',
  struck: '~~a ',
}

describe('what opens and never closes takes no longer than it must', () => {
  test.each(Object.entries(OPENINGS))('%s', (_, opening) => {
    // Searched to its end from each of them, a text of this length takes longer than a test may.
    const text = opening.repeat(Math.ceil(200_000 / opening.length))
    const { blocks } = lex(text, 0, {})
    expect(blocks.map(({ token }) => token.raw).join('')).toBe(text)
  })
})

test('a table of thousands of columns is text', () => {
  const table = (columns: number) => lex(`${'|a'.repeat(columns)}|\n${'|-'.repeat(columns)}|\n`, 0, {}).blocks[0]?.token.type
  expect(table(400)).toBe('table')
  expect(table(15_000)).toBe('paragraph')
})
