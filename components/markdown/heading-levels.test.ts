import { expect, test } from 'vitest'
import { StreamLexer } from './stream-lexer.ts'

const levels = (lexer: StreamLexer, text: string) => lexer.update(text).flatMap(({ level }) => level ?? [])

test('the first heading is one below the page, and none is more than one deeper than the one before', () => {
  expect(levels(new StreamLexer(), '### a\n\n##### b\n\n# c\n\n## d\n\n###### e')).toEqual([1, 2, 1, 2, 3])
})

test('they are the same when the text comes in pieces, also when it turns out that a heading is none', () => {
  const text = 'a\n===\nb\n\n## c\n\n[d]: /e\n\n#### [d]\n\n# f'
  const lexer = new StreamLexer()
  for (let end = 1; end < text.length; end += 1) levels(lexer, text.slice(0, end))
  expect(levels(lexer, text)).toEqual(levels(new StreamLexer(), text))
})
