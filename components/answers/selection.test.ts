import { expect, test } from 'vitest'
import { quotationOf } from './selection.ts'

test('each line is quoted, and a line is left to go on', () => {
  expect(quotationOf('one\n\n\n\n two \r\nthree\n')).toBe('> one\n>\n>  two\n> three\n\n')
})
