import { describe, expect, test } from 'vitest'
import { CodeLines, piecesOf } from './code-lines.ts'
import { loadGrammar } from './grammars.ts'
import { type Grammar, Highlighter } from './highlighter.ts'

const UNBOUNDED = Number.POSITIVE_INFINITY

const CODE = `const a = \`one \${1 +
2} two
three\` // end
/* a comment
${Array.from({ length: 130 }, (_, index) => `   of line ${index}`).join('\n')}
*/ let b = /x/g


function c() {}
`

function textOf<State>(highlighter: Highlighter<State>, pieces: readonly string[]): string[] {
  return pieces.map(
    (_, index) =>
      highlighter
        .linesOf(index)
        ?.map((line) => line.map((run) => run.text).join(''))
        .join('\n') ?? '',
  )
}

describe('TypeScript', () => {
  const highlighter = async () => new Highlighter((await loadGrammar('ts')) as NonNullable<Awaited<ReturnType<typeof loadGrammar>>>)

  test('streamed in any steps it has the colours of all of it at once', async () => {
    const whole = await highlighter()
    expect(whole.advance(piecesOf(CODE), UNBOUNDED)).toBe(true)
    for (const size of [1, 7, 500]) {
      const lines = new CodeLines()
      const streamed = await highlighter()
      for (let end = 0; end < CODE.length; end += size) streamed.advance(lines.update(CODE.slice(0, end)), UNBOUNDED)
      const pieces = lines.update(CODE)
      streamed.advance(pieces, UNBOUNDED)
      for (const index of pieces.keys()) expect(streamed.linesOf(index)).toEqual(whole.linesOf(index))
    }
  })

  test('what stood before a line counts, across pieces', async () => {
    const coloured = await highlighter()
    coloured.advance(piecesOf(CODE), UNBOUNDED)
    expect(coloured.linesOf(1)?.[3]).toEqual([{ kind: 'comment', text: expect.stringContaining('of line') }])
    expect(
      coloured
        .linesOf(2)
        ?.flat()
        .map((run) => run.kind),
    ).toContain('keyword')
  })

  test('nothing of the text is lost', async () => {
    const coloured = await highlighter()
    const pieces = piecesOf(`${CODE}\n${'x'.repeat(3_000)}\nlet d`)
    coloured.advance(pieces, UNBOUNDED)
    expect(textOf(coloured, pieces)).toEqual(pieces)
  })
})

describe('any grammar', () => {
  const read: string[] = []
  const counting: Grammar<number> = (line, state = 0) => {
    read.push(line)
    return { runs: [{ kind: String(state), text: line }], state: state + 1 }
  }

  test('only new lines are read', () => {
    const highlighter = new Highlighter(counting)
    const lines = new CodeLines()
    const code = Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n')
    highlighter.advance(lines.update(code), UNBOUNDED)
    read.length = 0
    highlighter.advance(lines.update(`${code} and more\nnext`), UNBOUNDED)
    expect(read).toEqual(['line 199 and more', 'next'])
  })

  test('it goes on where its time ran out', () => {
    const highlighter = new Highlighter(counting)
    const pieces = piecesOf(Array.from({ length: 200 }, (_, index) => `line ${index}`).join('\n'))
    let turns = 0
    while (!highlighter.advance(pieces, -1)) turns += 1
    expect(turns).toBeGreaterThan(100)
    expect(textOf(highlighter, pieces)).toEqual(pieces)
  })

  test('code that does not continue the last is read anew', () => {
    const highlighter = new Highlighter(counting)
    highlighter.advance(['a\nb'], UNBOUNDED)
    highlighter.advance(['c\nd'], UNBOUNDED)
    expect(highlighter.linesOf(0)).toEqual([[{ kind: '0', text: 'c' }], [{ kind: '1', text: 'd' }]])
  })
})

test('a language that nobody knows has no grammar', async () => {
  expect(await loadGrammar('no-such-language')).toBeUndefined()
  expect(await loadGrammar('__proto__')).toBeUndefined()
})
