import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { AppError, type Message, type RillEvent, textOf } from '#lib/protocol/index.ts'
import type { Model, ModelEvent, ModelRequest } from '#lib/providers/index.ts'
import { tool } from '#lib/tools/index.ts'
import type { AgentOptions } from '../agent.ts'
import { all, startAgent } from '../testing/start-agent.ts'
import { estimateTokens } from './context-view.ts'

/** Counts as a provider does, refuses what is too long, summarises when it is told to, and plays the rest. */
function meteredModel(limit: number, play: (call: number) => ModelEvent[]): Model & { requests: ModelRequest[]; summaries: number } {
  const model = {
    provider: 'metered',
    model: 'm',
    requests: [] as ModelRequest[],
    summaries: 0,
    async *stream(request: ModelRequest): AsyncGenerator<ModelEvent> {
      const inputTokens = estimateTokens(request.messages)
      if (inputTokens > limit) throw new AppError('provider-context-too-long', 'Too long.')
      const finish = (finishReason: 'stop' | 'tool-calls'): ModelEvent => ({
        type: 'finish',
        finishReason,
        usage: { inputTokens, outputTokens: 10, totalTokens: inputTokens + 10 },
      })
      if (request.system?.startsWith('Summarise')) {
        model.summaries += 1
        yield { type: 'text', delta: `Summary ${model.summaries}: colours were discussed.` }
        yield finish('stop')
        return
      }
      model.requests.push(request)
      const events = play(model.requests.length)
      yield* events
      yield finish(events.some((event) => event.type === 'tool-call') ? 'tool-calls' : 'stop')
    },
  }
  return model
}

const call = (n: number): ModelEvent => ({ type: 'tool-call', callId: `c${n}`, toolName: 'read', input: JSON.stringify({ n }) })
const read = tool({
  name: 'read',
  description: 'Reads.',
  inputSchema: z.object({ n: z.number() }),
  execute: ({ n }) => `${n}:${'x'.repeat(4_000)}`,
})

const compactions = (events: RillEvent[]) => events.filter((event) => event.type === 'context:compacted')
const shown = (request: ModelRequest | undefined) => JSON.stringify(request?.messages)

async function talk(model: Model, turns: string[], options: Partial<AgentOptions> = {}) {
  const started = await startAgent([], { llm: model, tools: [read], ...options })
  const seen: RillEvent[] = []
  for (const turn of turns) seen.push(...(await all(await started.agent.stream(turn, { sessionId: started.sessionId }))))
  const messages = (await started.store.snapshot(started.sessionId))?.messages as Message[]
  return { seen, messages }
}

describe('a conversation that outgrows its model', () => {
  test('goes on, however many short messages it is made of', async () => {
    const model = meteredModel(2_000, () => [{ type: 'text', delta: 'Noted, and I keep it in mind.' }])
    const turns = Array.from({ length: 120 }, (_, index) => `Remember number ${index}: ${'word '.repeat(16)}`)
    const { seen } = await talk(model, turns, { contextTokens: 2_000 })
    expect(seen.filter((event) => event.type === 'run:complete' && event.finishReason !== 'stop')).toEqual([])
    // None was paid for and thrown away.
    expect(model.summaries).toBe(compactions(seen).length)
    for (const event of compactions(seen)) expect(event).toMatchObject({ tokensAfter: expect.toSatisfy((after) => after < 1_600) })
    const last = shown(model.requests.at(-1))
    for (const index of [0, 118, 119]) expect(last).toContain(`number ${index}:`)
  })

  test('keeps what the model has not answered yet, where that fits', async () => {
    const long = tool({ name: 'read', description: 'Reads.', inputSchema: z.object({ n: z.number() }), execute: () => 'x'.repeat(12_000) })
    const model = meteredModel(1_000_000, (count) => (count === 2 ? [call(1)] : [{ type: 'text', delta: 'Done.' }]))
    const started = await startAgent([], { llm: model, tools: [long], contextTokens: 10_000 })
    const { agent, sessionId } = started
    await all(await agent.stream('y'.repeat(22_000), { sessionId }))
    const events = await all(await agent.stream('Go', { sessionId }))
    expect(compactions(events)).toHaveLength(1)
    expect(shown(model.requests[2])).toContain('x'.repeat(12_000))
  })

  test('is seen to, also when the user says something behind the result that is too long', async () => {
    const huge = tool({ name: 'read', description: 'Reads.', inputSchema: z.object({ n: z.number() }), execute: () => 'x'.repeat(200_000) })
    const model = meteredModel(1_000_000, (count) => (count === 1 ? [call(1)] : [{ type: 'text', delta: 'Done.' }]))
    const started = await startAgent([], { llm: model, tools: [huge], contextTokens: 20_000 })
    const { agent, sessionId } = started
    agent.on('llm:tool-result', () => agent.send({ sessionId, text: 'Be short', mode: 'steer' }))
    const events = await all(await agent.stream('Go', { sessionId }))
    expect(events.some((event) => event.type === 'message:dequeued' && event.mode === 'steer')).toBe(true)
    expect(compactions(events)).toHaveLength(1)
    expect(shown(model.requests[1])?.length).toBeLessThan(20_000)
  })

  test('loses older tool results first, says so, and no word', async () => {
    const model = meteredModel(100_000, (n) => (n <= 8 ? [call(n)] : [{ type: 'text', delta: 'done' }]))
    const { seen, messages } = await talk(model, ['Read all of them'], { contextTokens: 8_000 })
    const [first] = compactions(seen)
    expect(first).toMatchObject({ cutResults: expect.any(Number) })
    expect(first).not.toHaveProperty('summary')
    expect(model.summaries).toBe(0)
    const last = shown(model.requests.at(-1))
    expect(last).toContain('left out to make room')
    expect(last).toContain('Read all of them')
    expect(last).toContain('8:xxxx')
    expect(estimateTokens(model.requests.at(-1)?.messages ?? [])).toBeLessThan(8_000)
    // The reader keeps all of it.
    expect(messages.at(-1)?.parts.filter((part) => part.type === 'tool' && part.status === 'completed')).toHaveLength(8)
    expect(JSON.stringify(messages)).toContain('1:xxxx')
    expect(messages.at(-1)?.parts.some((part) => part.type === 'compacted')).toBe(true)
  })

  test('is summarised from its oldest turns on, with every word of the user', async () => {
    const model = meteredModel(100_000, () => [{ type: 'text', delta: 'y'.repeat(4_000) }])
    const turns = Array.from({ length: 12 }, (_, n) => `My wish number ${n} is blue`)
    const { seen, messages } = await talk(model, turns, { contextTokens: 8_000 })
    const markers = compactions(seen)
    expect(markers.length).toBeGreaterThan(0)
    expect(markers[0]).toMatchObject({ summary: expect.stringContaining('Summary 1'), keepFrom: { messageId: expect.any(String) } })
    for (const marker of markers) expect(marker.tokensAfter).toBeLessThan(marker.tokensBefore)
    const last = shown(model.requests.at(-1))
    for (const turn of turns) expect(last).toContain(turn)
    for (const request of model.requests) expect(estimateTokens(request.messages)).toBeLessThan(8_000)
    expect(messages).toHaveLength(24)
    expect(messages.at(-1)).toMatchObject({ contextTokens: expect.any(Number), contextLimit: 8_000 })
    for (const message of messages.filter(({ role }) => role === 'assistant')) expect(textOf(message.parts)).toHaveLength(4_000)
  })

  test('is shortened when the model refuses it, although there should have been room', async () => {
    const model = meteredModel(4_000, () => [{ type: 'text', delta: 'y'.repeat(4_000) }])
    const turns = Array.from({ length: 8 }, (_, n) => `Wish ${n}`)
    const { seen } = await talk(model, turns, { contextTokens: 100_000 })
    expect(compactions(seen).length).toBeGreaterThan(0)
    expect(seen.filter((event) => event.type === 'run:complete').map((event) => event.finishReason)).toEqual(turns.map(() => 'stop'))
  })

  test('whose single message is too long ends with a code that says what to do', async () => {
    const model = meteredModel(1_000, () => [{ type: 'text', delta: 'ok' }])
    const { agent, sessionId } = await startAgent([], { llm: model })
    await expect(agent.generate('z'.repeat(20_000), { sessionId })).rejects.toMatchObject({ code: 'provider-context-too-long' })
  })

  test('goes on by a rule when the model gives no summary', async () => {
    const inner = meteredModel(100_000, () => [{ type: 'text', delta: 'y'.repeat(4_000) }])
    const model: Model = {
      provider: 'metered',
      model: 'm',
      async *stream(request) {
        if (request.system?.startsWith('Summarise')) throw new Error('no')
        yield* inner.stream(request)
      },
    }
    const { seen } = await talk(
      model,
      Array.from({ length: 12 }, (_, n) => `Wish ${n}`),
      { contextTokens: 8_000 },
    )
    expect(compactions(seen)[0]?.summary).toContain('Wish 0')
    expect(seen.at(-1)).toMatchObject({ finishReason: 'stop' })
  })

  test('keeps what was said to the run while it worked', async () => {
    const model = meteredModel(100_000, (n) =>
      n <= 30 ? [{ type: 'text', delta: `${n} ${'w'.repeat(2_000)}` }, call(n)] : [{ type: 'text', delta: 'done' }],
    )
    const { agent, sessionId, store } = await startAgent([], { llm: model, tools: [read], contextTokens: 8_000 })
    let isSteered = false
    agent.on('llm:tool-call', () => {
      if (isSteered) return
      isSteered = true
      return agent.send({ sessionId, text: 'Prefer short ones', mode: 'steer' })
    })
    await agent.generate('Read them', { sessionId })
    const last = shown(model.requests.at(-1))
    expect(last).toContain('Prefer short ones')
    expect(last).toContain('Read them')
    expect(model.summaries).toBeGreaterThan(0)
    expect((await store.snapshot(sessionId))?.messages).toHaveLength(2)
  })
})
