import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { Markdown } from './markdown.tsx'
import { StreamLexer } from './stream-lexer.ts'

const DEEP: Record<string, string> = {
  quotes: `${'>'.repeat(5_000)} the words`,
  'quotes with room': `${'> '.repeat(5_000)}the words`,
  lists: `${'- '.repeat(5_000)}the words`,
  'numbered lists': `${'1. '.repeat(5_000)}the words`,
  'lists and quotes': `${'> - '.repeat(2_000)}the words`,
  'lists, numbers and quotes': `${'- 1. > '.repeat(2_000)}the words`,
  'many lists': `${`${'- '.repeat(300)}the words\n\n`.repeat(20)}`,
  'many quotes': `${`${'> - '.repeat(300)}the words\n\n`.repeat(20)}`,
  emphasis: `${'*a **b '.repeat(5_000)}the words${'** c*'.repeat(5_000)}`,
  links: `${'['.repeat(5_000)}the words${'](https://example.org)'.repeat(5_000)}`,
  images: `${'!['.repeat(5_000)}the words${'](https://example.org)'.repeat(5_000)}`,
  struck: `${'~~a ~b '.repeat(300)}the words${'~ c~~'.repeat(300)}`,
  notes: `See the words[^1]\n\n${'[^1]: '.repeat(5_000)}the words`,
  'notes in quotes': `Not the words\n\n${'> [^1]: '.repeat(2_000)}`,
}

describe('however deep it goes, what is said can be read', () => {
  test.each(Object.entries(DEEP))('%s', (_, text) => {
    const html = renderToStaticMarkup(<Markdown text={`Before.\n\n${text}\n\nAfter.`} />)
    for (const words of ['<p>Before.</p>', 'the words', '<p>After.</p>']) expect(html).toContain(words)
  })

  test.each(['quotes', 'lists', 'numbered lists', 'lists and quotes'].map((kind) => [kind, DEEP[kind]]))(
    'also while it comes: %s',
    (_, deep) => {
      const lexer = new StreamLexer()
      const text = `Before.\n\n${deep}\n\nAfter.`
      for (let end = 100; end < text.length; end += 100) lexer.update(text.slice(0, end))
      const blocks = lexer.update(text)
      expect(blocks.map(({ token }) => token.raw).join('')).toBe(text)
      expect(blocks).toEqual(new StreamLexer().update(text))
    },
  )

  test('as deep as anybody writes it, it is what it was', () => {
    expect(renderToStaticMarkup(<Markdown text={`${'> '.repeat(20)}deep`} />).match(/<blockquote/g)).toHaveLength(20)
  })
})
