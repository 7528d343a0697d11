import { expect, test } from 'vitest'
import { readMcpServers } from './mcp-server.ts'

const COUNTS = { tools: 3, resources: 2, prompts: 0, notes: ['One was left out.'] }

test('what the page needs of what the server tells', () => {
  const since = '2026-01-01T00:00:00.000Z'
  const failed = { name: 'b', status: 'failed', error: 'It ended.', nextAttemptAt: since, tools: 0, resources: 0, prompts: 0, notes: [] }
  const servers = [
    { name: 'a', status: 'ready', transport: 'stdio', since, ...COUNTS },
    { ...failed, transport: 'http', since },
  ]
  expect(readMcpServers({ servers })).toEqual([{ name: 'a', status: 'ready', ...COUNTS }, failed])
})
