import { expect, test } from 'vitest'
import { kindOf, ownAddress, readMcpResult } from './mcp-result.ts'

test('each piece by its kind', () => {
  const result = {
    content: [
      { type: 'text', text: 'hello' },
      { type: 'image', url: '/api/files/1', mediaType: 'image/png' },
      { type: 'audio', url: '/api/files/2', mediaType: 'audio/wav' },
      { type: 'resource', resource: { uri: 'demo://text/1', mimeType: 'text/plain', text: 'inside' } },
      { type: 'resource', resource: { uri: 'demo://image/1', type: 'file', url: '/api/files/3', mediaType: 'image/png' } },
      { type: 'resource_link', uri: 'demo://text/2', name: 'Second' },
      { type: 'strange', text: 1 },
      'odd',
    ],
    structuredContent: { temperature: 22 },
  }
  expect(readMcpResult(result)).toEqual({
    content: [
      { type: 'text', text: 'hello' },
      { type: 'image', url: '/api/files/1', mediaType: 'image/png' },
      { type: 'audio', url: '/api/files/2', mediaType: 'audio/wav' },
      { type: 'resource', uri: 'demo://text/1', text: 'inside' },
      { type: 'file', uri: 'demo://image/1', url: '/api/files/3', mediaType: 'image/png' },
      { type: 'resource', uri: 'demo://text/2', name: 'Second' },
      { type: 'other', value: { type: 'strange', text: 1 } },
      { type: 'other', value: 'odd' },
    ],
    structuredContent: { temperature: 22 },
  })
})

test('a resource that was read', () => {
  const file = { uri: 'demo://blob/1', type: 'file', url: '/api/files/4', mediaType: 'application/zip' }
  expect(readMcpResult({ contents: [{ uri: 'demo://text/1', mimeType: 'text/plain', text: 'inside' }, file] })).toEqual({
    content: [{ type: 'resource', uri: 'demo://text/1', text: 'inside' }, file],
  })
})

test.each([
  ['image', { type: 'image' }],
  ['image', { type: 'file', mediaType: 'image/png' }],
  ['audio', { type: 'file', mediaType: 'audio/wav' }],
  ['file', { type: 'file', mediaType: 'application/zip' }],
  ['file', { type: 'file' }],
] as const)('%s is how %j is shown', (kind, file) => expect(kindOf(file)).toBe(kind))

test.each([['text'], [null], [{ content: 'text' }], [{ content: [1, { a: 2 }] }], [[1]]])('%j is none', (value) =>
  expect(readMcpResult(value)).toBeNull(),
)

const ORIGIN = 'https://rill.example'

test.each([
  ['/api/files/1', '/api/files/1'],
  ['/api/files/1?size=2', '/api/files/1?size=2'],
  ['https://rill.example/api/files/1', '/api/files/1'],
  ['/api/files/0b8f4c1e-7c1d-4a50-9d5e-3a1f5e0c7a11', '/api/files/0b8f4c1e-7c1d-4a50-9d5e-3a1f5e0c7a11'],
  ['/api/sessions', null],
  ['/api/mcp/callback?code=x', null],
  ['/api/files', null],
  ['/api/files/', null],
  ['/api/files/../sessions', null],
  ['/api/files/..%2Fsessions', null],
  ['/api/files/%2e%2e/sessions', null],
  ['/api/files/1/more', null],
  ['/chat/api/files/1', null],
  ['https://elsewhere.example/a.png', null],
  ['//elsewhere.example/a.png', null],
  ['/\\elsewhere.example/a.png', null],
  ['\\\\elsewhere.example/a.png', null],
  ['http://rill.example/a.png', null],
  ['https://rill.example.elsewhere.example/', null],
  ['https://rill.example@elsewhere.example/', null],
  ['data:image/png;base64,AA', null],
  ['blob:https://rill.example/1', null],
  ['javascript:alert(1)', null],
  ['http://[', null],
])('%s is ours: %s', (url, expected) => expect(ownAddress(url, ORIGIN)).toBe(expected))
