import { expect, test } from 'vitest'
import { readableLine } from './readable-line.ts'

test('nothing that was said steers the terminal; a stack keeps its lines', () => {
  const esc = '\u001b[2J'
  const line = {
    time: 'now',
    level: 'warn',
    msg: `a${esc}\nb`,
    name: `x\u009b1m\u007f`,
    list: [esc, '\u0085'],
    stack: `    at a${esc}\n    at b`,
    cause: { msg: `c${esc}`, code: `\r${esc}`, stack: '    at c' },
  }
  expect(readableLine(JSON.stringify(line))).toBe(
    [
      'now warn a\\u001b[2J\\u000ab name=x\\u009b1m\\u007f list=["\\u001b[2J","\\u0085"]',
      '    at a\\u001b[2J',
      '    at b',
      '  Caused by: c\\u001b[2J (\\u000d\\u001b[2J)',
      '    at c',
      '',
    ].join('\n'),
  )
})
