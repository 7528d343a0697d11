import { Lexer, type Token, type Tokens } from 'marked'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { StreamLexer } from './stream-lexer.ts'
import { comparable, readWhole as wholeParse } from './testing/reading.ts'

/** What each block kind does at its seams, and what models like to write. */
const DOCUMENTS: Record<string, string> = {
  paragraphs: 'One *two* **three**\nfour `five`\n\nSix ~~seven~~ [eight](https://example.com "t")\n\n\n\nnine',
  headings: '# One\n## Two\nThree\n===\n\nFour\n---\n\nFive\n\n---\n\n###### Six #',
  lists: '- a\n- b\n  - c\n\n    d\n- e\n\nf\n\n1. g\n2. h\n\n3. i\n\n- [ ] j\n- [x] k',
  'a list that goes on after a gap': 'Steps:\n\n1. First\n\n2. Second\n\n   ```sh\n   npm start\n   ```\n\n3. Third\n\nDone.',
  'two lists in a row': '- a\n- b\n\n* c\n* d\n\n+ e',
  'an indented block after text': 'a\n    b\n\n    c\n\n    d\n\ne',
  quotes: '> a\n> b\nlazy\n\n> c\n>\n> > d\n\ne',
  tables: '| a | b |\n| --- | :-: |\n| c | `d` |\n| e\n\nf\n\n| not | a table |\n',
  fences: 'a\n```ts\nconst b = `c`\n\n// d\n```\ne\n\n~~~\n```\nf\n~~~\n\n````md\n```\ng\n```\n````\n',
  'an open fence': 'a\n\n```js\nb\n``\n```` c\n\n# d\n\n- e\n',
  'a fence that nearly closes': '```\na\n```b\n ``` \nc',
  'a fence without a word': '```\n\n\n```\n\n```\n```\n\n```',
  'an indented fence': '  ```\n  a\n b\n  ```\nc\n   ~~~\n   d',
  html: '<div>\n*a*\n\n*b* <b>c</b>\n\n<!-- d\n\ne -->\n\n<a href="x"> https://example.com\n\nhttps://example.com <pre>\n\n*f* & &amp;',
  'a tag that never closes': '<a href="x"> a\n\nb <pre> c\n\nd\n\nhttps://example.com\n\n*e* &amp;\n\nf',
  'definitions at the end':
    'See [a] and [b][c], ![d][a].\n\nMore text.\n\nAnd more.\n\n[a]: https://example.com/a "A"\n[c]: <https://example.com/c>\n',
  'definitions first':
    '[a]: https://example.com\n\n[a] and [b].\n\n> [b]: https://example.com/b\n\n- x\n\n  [c]: /c\n\n[c] [b]\n\n[a]: https://other.example\n',
  'a definition that is not one': '[a]: \n\nb [a]\n\n[a]:\nhttps://example.com\n"never closed\n\n[a]',
  autolinks: 'https://example.com/a_b_c. www.example.com, <https://example.org> a@example.com',
  'line ends of Windows': 'a\r\nb\r\n\r\n- c\r\n- d\r\n\r\n```\r\ne\r\n```\r\nf\r',
  'characters beyond the basic plane': '👩‍👩‍👧 *𝒂*\n\n- 🎉\n\n`é`',
  'blank lines only': '\n\n  \n\t\n',
  'maths in lines and between them':
    'Let $a_1 < b$ and \\(c\\), for $5 or $6.\n$$\nx\n- y\n# z\n$$\nthen\n\n$$ a^2 $$\n\n\\[\nb\n\\]\n\nand $$c\nd$$ e',
  'maths that has no end': 'a\n\n$$\nb\n- c\n- d\n\n# e\n\n$$\nf\n= g\n',
  'maths that nearly ends': '$$\na\n$$ b\n\n\\[x\\] y\n\\[\nz',
  footnotes: 'a[^1] and b[^b].\n\n[^1]: One\n[^b]: Two *c*\ngoes on\n\n    and on\n\n    - d\n\nend[^1] [^none] [^x](/y)\n\n[^1]: again',
  'a footnote in a list, and a definition in one': '- a[^1]\n- b [c]\n- d\n\n[^1]: e\n\n    [c]: /f\n\ng [c]',
  escapes: '\\*a\\* &lt; &copy; \\\n\nb  \nc\\\nd',
}

function lastToken(lexer: StreamLexer, text: string): Token | undefined {
  return lexer.update(text).at(-1)?.token
}

describe.each(Object.entries(DOCUMENTS))('%s', (_, text) => {
  test('streamed by one character, it reads at each as a whole parse does', () => {
    const lexer = new StreamLexer()
    for (let end = 1; end <= text.length; end += 1) {
      const soFar = text.slice(0, end)
      expect(comparable(lexer.update(soFar)), JSON.stringify(soFar)).toEqual(comparable(wholeParse(soFar)))
    }
  })

  test('cut in two at any place, it ends the same', () => {
    const expected = comparable(wholeParse(text))
    for (let cut = 0; cut < text.length; cut += 1) {
      const lexer = new StreamLexer()
      lexer.update(text.slice(0, cut))
      expect(comparable(lexer.update(text)), `cut at ${cut}`).toEqual(expected)
    }
  })
})

test('all documents as one, in pieces of changing size, read as a whole parse does', () => {
  const text = Object.values(DOCUMENTS).join('\n\n')
  for (const size of [2, 3, 7, 31]) {
    const lexer = new StreamLexer()
    for (let end = size; end < text.length; end += size) lexer.update(text.slice(0, end))
    expect(comparable(lexer.update(text))).toEqual(comparable(wholeParse(text)))
  }
})

test('a text that does not continue the last one is read anew', () => {
  const lexer = new StreamLexer()
  lexer.update('# a\n\nb [c]\n\n[c]: /d')
  expect(comparable(lexer.update('withdrawn [c]'))).toEqual(comparable(wholeParse('withdrawn [c]')))
  expect(lexer.update('')).toEqual([])
})

test('finished blocks keep their identity while the text grows', () => {
  const lexer = new StreamLexer()
  const first = lexer.update('# a\n\nb\n\nc\n\nd').slice()
  const second = lexer.update('# a\n\nb\n\nc\n\nd and more\n\n- e').slice()
  const shared = second.filter((block) => first.includes(block))
  expect(shared.map((block) => block.token.raw.trim()).filter(Boolean)).toEqual(['# a', 'b', 'c'])
})

test('so do the items and rows of a list and a table that grow, unless what follows changes them', () => {
  const lexer = new StreamLexer()
  const items = (text: string) => (lastToken(lexer, text) as Tokens.List).items.slice()
  const first = items('- a\n- b\n- c')
  const second = items('- a\n- b\n- c and more\n- d')
  expect(second.map((item) => first.includes(item))).toEqual([true, true, false, false])
  const loose = items('- a\n- b\n- c and more\n- d\n\n- e')
  expect(loose.map((item) => second.includes(item))).toEqual([true, true, true, false, false])

  const rows = (text: string) => (lastToken(lexer, text) as Tokens.Table).rows.slice()
  const table = '| a | b |\n| - | - |\n| c | d |\n| e |'
  const before = rows(table)
  expect(rows(`${table} f |\n| g | h |`).map((row) => before.includes(row))).toEqual([true, false, false])
})

describe('what is read again', () => {
  const read: string[] = []
  const { lex: original } = Lexer.prototype
  beforeEach(() => {
    read.length = 0
    Lexer.prototype.lex = function (source) {
      read.push(source)
      return original.call(this, source)
    }
  })
  afterEach(() => {
    Lexer.prototype.lex = original
  })

  test('nothing, while an open code block grows', () => {
    const lexer = new StreamLexer()
    let text = 'a\n\n```ts\n'
    lexer.update(text)
    read.length = 0
    for (let line = 0; line < 500; line += 1) {
      text += `line ${line}\n`
      lexer.update(text)
    }
    expect(read).toEqual([])
    text += '```\n'
    expect(comparable(lexer.update(text))).toEqual(comparable(wholeParse(text)))
  })

  test('only the end, also after a definition', () => {
    const lexer = new StreamLexer()
    const start = '[a]: https://example.com\n\n> [b]: /b\n\n- c\n\n  [d]: /d\n\n'
    lexer.update(`${start}one\n\ntwo\n\nthree`)
    read.length = 0
    lexer.update(`${start}one\n\ntwo\n\nthree and [a]`)
    expect(read).toEqual(['two\n\nthree and [a]'])
  })
})
