import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { parseMcpServers } from '#lib/mcp/config.ts'
import { readConfigFile } from './config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'rill-mcp-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function readFile(content: unknown, env: Record<string, string> = {}) {
  const path = join(folder, 'config.json')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return readConfigFile({ RILL_CONFIG: path, ...env })
}

const read = (content: unknown, env?: Record<string, string>) => readFile(content, env).mcpServers

const server = (given: unknown, env?: Record<string, string>) => read({ mcpServers: { files: given } }, env).files

/** As it stands in the file. */
const ref = (variable: string) => `$\{${variable}}`

test('a missing file is fine, unless it is named', () => {
  expect(readConfigFile({})).toEqual({ mcpServers: {}, policies: {}, prices: {} })
  expect(() => readConfigFile({ RILL_CONFIG: join(folder, 'none.json') })).toThrow(/RILL_CONFIG: .*none\.json cannot be read \(ENOENT\)/)
})

test('programs and addresses, in the shape that other clients use', () => {
  const given = {
    files: {
      command: 'npx',
      args: ['-y', 'x'],
      env: { KEY: 'v' },
      cwd: '/tmp',
      tools: ['read'],
      approval: { '*': 'ask', read: 'always-allow' },
    },
    far: { type: 'http', url: 'https://example.org/mcp', headers: { 'X-Key': 'v' }, timeoutMs: 60_000, disabled: true },
    old: { type: 'sse', url: 'http://127.0.0.1:9/sse' },
    short: { url: 'https://example.org/mcp' },
  }
  expect(read({ mcpServers: given })).toEqual(given)
  expect(read({})).toEqual({})
})

test('policies of tools, and what models cost', () => {
  const approval = { web_fetch: 'ask', '*': 'always-allow' }
  const prices = { 'openai/x': { input: 1, output: 2.5, cachedInput: 0 }, 'demo/demo': { input: 0, output: 0 } }
  expect(readFile({ approval, prices })).toEqual({ mcpServers: {}, policies: approval, prices })
  expect(() => readFile({ approval: { x: 'maybe' } })).toThrow(/approval\.x/)
  expect(() => readFile({ prices: { x: { input: -1, output: 1 } } })).toThrow(/prices\.x\.input/)
  expect(() => readFile({ policies: {} })).toThrow(/policies/)
})

test('variables are taken from the environment', () => {
  const { env, args } = server(
    { command: 'x', args: [`--key=${ref('KEY')}`], env: { A: `${ref('KEY')}-${ref('OTHER')}`, B: '$KEY' } },
    { KEY: 'k', OTHER: 'o' },
  ) as never
  expect({ env, args }).toEqual({ env: { A: 'k-o', B: '$KEY' }, args: ['--key=k'] })
  expect(
    server({ url: `https://${ref('HOST')}/mcp`, headers: { Authorization: `Bearer ${ref('KEY')}` } }, { HOST: 'example.org', KEY: 'k' }),
  ).toEqual({
    url: 'https://example.org/mcp',
    headers: { Authorization: 'Bearer k' },
  })
})

test.each<[string, unknown, RegExp]>([
  [
    'a variable that is not set',
    { command: 'x', env: { A: ref('NOWHERE') } },
    /mcpServers\.files\.env: the environment variable NOWHERE is not set/,
  ],
  ['neither a program nor an address', {}, /mcpServers\.files: needs "command" .* or "url"/],
  ['both', { command: 'x', url: 'https://example.org' }, /mcpServers\.files: has both/],
  ['no object', 'npx x', /mcpServers\.files: must be an object/],
  ['a key that does not exist', { command: 'x', argz: [] }, /mcpServers\.files: .*argz/],
  ['another scheme', { url: 'file:///etc/passwd' }, /mcpServers\.files\.url: must be an http or https address/],
  ['another policy', { command: 'x', approval: { '*': 'maybe' } }, /mcpServers\.files\.approval\.\*/],
  ['a header that ends the line', { url: 'https://example.org', headers: { A: 'b\r\nC: d' } }, /mcpServers\.files\.headers\.A/],
  ['arguments that are no list', { command: 'x', args: '-y' }, /mcpServers\.files\.args/],
  ['too short a time', { command: 'x', timeoutMs: 5 }, /mcpServers\.files\.timeoutMs/],
])('an error names the server and the field: %s', (_, given, message) => {
  expect(() => server(given)).toThrow(message)
  expect(() => server(given)).toThrow(expect.objectContaining({ code: 'config-invalid' }))
})

test('a file that is no JSON is not quoted', () => {
  const error = (() => {
    try {
      return read('{"mcpServers": {"a": {"env": {"KEY": "very-secret" oops')
    } catch (thrown) {
      return thrown as Error
    }
  })()
  expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringContaining('is not valid JSON') })
  expect((error as Error).message).not.toContain('very-secret')
})

test('servers given to the agent', () => {
  expect(() => parseMcpServers({ files: {} })).toThrow(/^mcpServers is not valid\.\nfiles: needs/)
  expect(() => parseMcpServers({ '': { command: 'x' } })).toThrow(/1 to 64 characters/)
})
