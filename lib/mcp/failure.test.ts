import { expect, test } from 'vitest'
import { failureText, redactor } from './failure.ts'
import { RefusedError } from './transport/address.ts'

const caused = (message: string, cause: unknown) => new TypeError(message, { cause })

test.each<[unknown, string]>([
  [
    caused('probe failed', caused('fetch failed', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }))),
    'Nothing answers at its address.',
  ],
  [caused('probe failed', caused('fetch failed', new Error('bad port'))), 'It could not be reached.'],
  [caused('fetch failed', new RefusedError('That is refused.')), 'That is refused.'],
  [Object.assign(new Error('spawn x'), { code: 'ENOENT' }), 'Its command, or the folder to run it in, was not found.'],
  [new Error('first line\n    at secret/path'), 'first line.'],
  [new Error('x'.repeat(1_000)), `${'x'.repeat(300)}.`],
  ['thrown text', 'It failed.'],
])('a failure is one sentence', (error, text) => expect(failureText(error)).toBe(text))

test('what the configuration keeps secret is taken out of any text', () => {
  const program = redactor({ command: 'x', env: { KEY: 'abcd-efgh', SHORT: 'abc' } })
  expect(program('KEY=abcd-efgh abc')).toBe('KEY=[hidden] abc')
  const far = redactor({ url: 'https://user:pass-word@example.org/?key=in-url', headers: { Authorization: 'Bearer tok-en' } })
  expect(far('Bearer tok-en, tok-en, pass-word, in-url')).toBe('[hidden], [hidden], [hidden], [hidden]')
})
