import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { RillEvent } from '#lib/protocol/index.ts'
import { tool } from '#lib/tools/index.ts'
import type { AgentOptions } from './agent.ts'
import { costOf } from './models/cost.ts'
import { all, startAgent } from './testing/start-agent.ts'

let count = 0
const next = tool({
  name: 'next',
  description: 'Counts.',
  inputSchema: z.object({ n: z.number() }),
  execute: () => {
    count += 1
    return count
  },
})

/** A model that never stops calling, each time with other arguments. */
const endless = Array.from({ length: 60 }, (_, n) => [{ call: 'next', args: { n }, id: `c${n}` }])

describe('a limit ends the run as "max-steps", says which one it was, and the next message goes on', () => {
  test.each([
    ['steps', { limits: { steps: 3 } }, 3],
    ['tokens', { limits: { tokens: 44 } }, 3],
    ['cost', { limits: { cost: 0.004 }, prices: { 'scripted/script-1': { input: 100, output: 20 } } }, 4],
  ] satisfies [string, Partial<AgentOptions>, number][])('%s', async (limit, options, steps) => {
    const { agent, store, sessionId } = await startAgent(endless, { tools: [next], ...options })
    const events = await all(await agent.stream('Go', { sessionId }))
    expect(events.filter((event) => event.type === 'llm:tool-result')).toHaveLength(steps)
    expect(events.at(-2)).toMatchObject({ type: 'llm:response', finishReason: 'max-steps', limit })
    expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'max-steps', stepCount: steps })
    expect((await store.snapshot(sessionId))?.messages.at(-1)).toMatchObject({ finishReason: 'max-steps', limit })
    expect((await all(await agent.stream('Continue', { sessionId }))).at(-1)).toMatchObject({ finishReason: 'max-steps' })
  })

  test('time', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'x' }, { hang: true }]], { limits: { durationMs: 50 } })
    const events = await all(await agent.stream('Go', { sessionId }))
    expect(events.at(-2)).toMatchObject({ type: 'llm:response', content: 'x', finishReason: 'max-steps', limit: 'time' })
  })
})

test('fifty steps are the most that a run takes when nobody says otherwise', async () => {
  const { agent, sessionId } = await startAgent(endless, { tools: [next] })
  expect((await all(await agent.stream('Go', { sessionId }))).at(-1)).toMatchObject({ finishReason: 'max-steps', stepCount: 50 })
})

test('an answer says what it cost where its price is known', async () => {
  const price = { input: 100, output: 20 }
  for (const [prices, cost] of [
    [{ 'scripted/script-1': price }, costOf],
    [{ 'scripted/other': price }, () => undefined],
  ] as const) {
    const { agent, store, sessionId } = await startAgent([[{ say: 'x' }]], { prices })
    const response = (await all(await agent.stream('Go', { sessionId }))).find((event) => event.type === 'llm:response')
    const expected = response && cost(response.usage, price)
    expect(response?.cost).toBe(expected)
    expect(await store.snapshot(sessionId)).toMatchObject({ messages: [{}, expected === undefined ? {} : { cost: expected }] })
  }
})

test('an answer that failed says what it cost all the same', async () => {
  const prices = { 'scripted/script-1': { input: 100, output: 20 } }
  const { agent, store, sessionId } = await startAgent([[{ call: 'next', args: { n: 1 }, id: 'c1' }], [{ fail: 'provider-auth' }]], {
    tools: [next],
    prices,
  })
  const events: RillEvent[] = []
  await expect(
    (async () => {
      for await (const event of await agent.stream('Go', { sessionId })) events.push(event)
    })(),
  ).rejects.toMatchObject({ code: 'provider-auth' })
  const failed = events.find((event) => event.type === 'llm:error')
  expect(failed?.cost).toBe(failed?.usage && costOf(failed.usage, prices['scripted/script-1']))
  expect(failed?.cost).toBeGreaterThan(0)
  expect(await store.snapshot(sessionId)).toMatchObject({ messages: [{}, { cost: failed?.cost, usage: failed?.usage }] })
})

test('what is read from a cache costs what it costs', () => {
  const usage = { inputTokens: 1_000_000, cachedInputTokens: 400_000, outputTokens: 100_000, totalTokens: 1_100_000 }
  expect(costOf(usage, { input: 10, cachedInput: 1, output: 20 })).toBeCloseTo(6 + 0.4 + 2)
  expect(costOf(usage, { input: 10, output: 20 })).toBeCloseTo(12)
})
