import { expect, test } from 'vitest'
import { parseMcpServers } from './config.ts'
import { failureText, redactor } from './failure.ts'
import { RefusedError } from './transport/address.ts'

const ref = (variable: string) => `$\{${variable}}`
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
  const program = redactor({ command: 'x', env: { KEY: 'abcd-efgh', DEBUG: 'true', LOG_LEVEL: 'info' } })
  expect(program('KEY=abcd-efgh, true information')).toBe('KEY=[hidden], true information')
  const far = redactor({ url: 'https://user:pass-word@example.org/?key=in-url', headers: { Authorization: 'Bearer tok-en' } })
  expect(far('Bearer tok-en, tok-en, pass-word, in-url')).toBe('[hidden], [hidden], [hidden], [hidden]')
})

test('what the environment gave is taken out wherever it was put, short as it may be', () => {
  const env = { PASS: 'short', TOKEN: 'in-the-path', ODD: 'a b/c' }
  const given = {
    program: { command: 'x', args: [`--password=${ref('PASS')}`], env: { PLAIN: 'true' } },
    far: { url: `https://example.org/${ref('TOKEN')}/${ref('ODD')}/mcp` },
  }
  // Checked twice, as when the file is read and when the servers are made.
  const { program, far } = parseMcpServers(parseMcpServers(given, { env }))
  if (!program || !far) throw new Error('A server is missing.')
  expect(redactor(program)('--password=short is true')).toBe('--password=[hidden] is true')
  expect(redactor(far)('no https://example.org/in-the-path/a%20b%2Fc/mcp')).toBe('no https://example.org/[hidden]/[hidden]/mcp')
})
