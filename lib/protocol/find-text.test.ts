import { expect, test } from 'vitest'
import { findableText, saidIn } from './find-text.ts'

test('marks, gaps and the size of letters do not matter', () => {
  expect(findableText('A **bold**  `word`,\n\n_Slanted_ ÄÖ')).toBe('a bold word, slanted äö')
})

test('what was said is looked through, not what tools gave', () => {
  const call = { type: 'tool', callId: 'c', toolName: 't', status: 'completed', args: {}, result: 'secret', durationMs: 1 } as const
  const steer = { type: 'steer', messageId: 'm', text: 'and this', at: '2026-01-01T00:00:00.000Z' } as const
  expect(saidIn([{ type: 'text', text: 'One' }, call, steer])).toBe('One\nand this')
})
