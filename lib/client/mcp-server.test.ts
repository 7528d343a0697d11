import { expect, test } from 'vitest'
import { readMcpServers } from './mcp-server.ts'

test('what is listed is counted, and what is missing is nothing', () => {
  const servers = [
    { name: 'a', status: 'ready', transport: 'stdio', tools: 3, resources: ['x', 'y'], prompts: 0, notes: ['One was left out.'] },
    { name: 'b', status: 'failed', error: 'It ended.', nextAttemptAt: '2026-01-01T00:00:00.000Z' },
  ]
  expect(readMcpServers({ servers })).toEqual([
    { name: 'a', status: 'ready', tools: 3, resources: 2, prompts: 0, notes: ['One was left out.'] },
    {
      name: 'b',
      status: 'failed',
      error: 'It ended.',
      nextAttemptAt: '2026-01-01T00:00:00.000Z',
      tools: 0,
      resources: 0,
      prompts: 0,
      notes: [],
    },
  ])
})
