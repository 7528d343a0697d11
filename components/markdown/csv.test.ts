import type { Tokens } from 'marked'
import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'
import { lex } from './lex.ts'

const csv = (text: string) => csvOf(lex(text, 0, {}).blocks[0]?.token as Tokens.Table)

test('cells are what is read in them', () => {
  expect(csv('| a | b |\n| - | - |\n| **c** `d` | [e](https://example.com) |\n| "f", g | 1.5 |')).toBe('a,b\r\nc d,e\r\n"""f"", g",1.5')
})

test('what a spreadsheet would run is text, and a negative number is a number', () => {
  expect(csv('| a |\n| - |\n| =HYPERLINK(1) |\n| -1 |\n| +cmd |\n| @x |')).toBe("a\r\n'=HYPERLINK(1)\r\n-1\r\n'+cmd\r\n'@x")
})
