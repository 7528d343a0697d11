import { LLMock } from '@copilotkit/aimock'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AssistantMessage, Message } from '#lib/protocol/index.ts'
import { createModel, type ModelConfig, type ModelEvent } from './index.ts'
import { ask, question, textOf, userSays } from './testing/ask.ts'

const mock = new LLMock({ port: 0 })
beforeAll(() => mock.start())
afterAll(() => mock.stop())
beforeEach(() => mock.reset())

const TEXT = 'Grüße 👩‍👩‍👧‍👦, in several pieces of text.'
const tools = [
  {
    name: 'look_up',
    description: 'Looks up.',
    inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] },
  },
]

const PROVIDERS: [ModelConfig['provider'], string, string][] = [
  ['openai', 'gpt-5.4', '/v1'],
  ['openai-compatible', 'gpt-5.4', '/v1'],
  ['anthropic', 'claude-sonnet-5-5', '/v1'],
  ['google', 'gemini-4-argon', '/v1beta'],
]

function reasoningOf(events: readonly ModelEvent[]): string {
  return events.map((event) => (event.type === 'reasoning' ? event.delta : '')).join('')
}

describe.each(PROVIDERS)('%s', (provider, model, path) => {
  const make = (more: Partial<ModelConfig> = {}) => createModel({ provider, model, apiKey: 'test-key', baseURL: mock.url + path, ...more })

  it('streams text', async () => {
    mock.on(
      { userMessage: 'Hello' },
      { content: TEXT, usage: { prompt_tokens: 11, completion_tokens: 5, input_tokens: 11, output_tokens: 5 } },
      { chunkSize: 3 },
    )
    const { events, text, error } = await ask(make())
    expect(error).toBeUndefined()
    expect(text).toBe(TEXT)
    expect(events.filter((event) => event.type === 'text' && event.delta !== '').length).toBeGreaterThan(5)
    for (const event of events) if (event.type === 'text') expect(event.delta.isWellFormed()).toBe(true)
    expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'stop' })
  })

  it('streams reasoning before text', async () => {
    mock.on({ userMessage: 'Hello' }, { content: TEXT, reasoning: 'First I think about it.' }, { chunkSize: 5 })
    const { events, text, error } = await ask(make())
    expect(error).toBeUndefined()
    expect(reasoningOf(events)).toBe('First I think about it.')
    expect(text).toBe(TEXT)
    expect(events.findIndex((event) => event.type === 'reasoning')).toBeLessThan(events.findIndex((event) => event.type === 'text'))
  })

  it('asks for tools, and takes their results', async () => {
    mock.on(
      { userMessage: 'Hello', hasToolResult: false },
      {
        toolCalls: [
          { name: 'look_up', arguments: '{"word":"Rill"}', id: 'call_1' },
          { name: 'look_up', arguments: '{"word":"brook"}', id: 'call_2' },
        ],
      },
    )
    const first = await ask(make(), question('Hello', { tools }))
    expect(first.error).toBeUndefined()
    const calls = first.events.filter((event) => event.type === 'tool-call')
    expect(calls.map(({ toolName, input }) => [toolName, JSON.parse(input)])).toEqual([
      ['look_up', { word: 'Rill' }],
      ['look_up', { word: 'brook' }],
    ])
    for (const call of calls) {
      const pieces = first.events.flatMap((event) => (event.type === 'tool-delta' && event.callId === call.callId ? [event.argsDelta] : []))
      expect(pieces.join('')).toBe(pieces.length === 0 ? '' : call.input)
    }
    expect(first.events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'tool-calls' })

    mock.reset()
    mock.on({ predicate: (request) => request.messages.at(-1)?.role === 'tool' }, { content: 'A small stream.' })
    const answer: AssistantMessage = {
      id: 'a',
      role: 'assistant',
      parentId: 'u',
      createdAt: '',
      runId: 'r',
      joints: [],
      provider,
      model,
      parts: calls.map(({ callId, toolName, input, metadata }) => ({
        type: 'tool',
        callId,
        toolName,
        status: 'completed',
        args: JSON.parse(input),
        result: { meaning: 'a small stream' },
        durationMs: 1,
        ...(metadata && { metadata }),
      })),
    }
    const messages: Message[] = [userSays('Hello'), answer]
    const second = await ask(make(), question('', { messages, tools, system: 'Be brief.' }))
    expect(second.error).toBeUndefined()
    expect(second.text).toBe('A small stream.')
  })

  it.each([
    [400, 'provider-bad-request', false],
    [401, 'provider-auth', false],
    [404, 'provider-model-not-found', false],
    [429, 'provider-rate-limited', true],
    [500, 'provider-unavailable', true],
    [529, 'provider-unavailable', true],
  ] as const)('tells %i apart', async (status, code, recoverable) => {
    mock.on({ userMessage: 'Hello' }, { error: { message: 'It did not work.', type: 'some_error' }, status, retryAfter: 3 })
    const { events, error } = await ask(make())
    expect(events).toEqual([])
    expect(error).toMatchObject({ code, recoverable })
    if (status === 429) expect(error?.retryAfterMs).toBe(3_000)
  })

  it('notices a disconnect in mid-answer', async () => {
    mock.on({ userMessage: 'Hello' }, { content: 'word '.repeat(200) }, { chunkSize: 5, latency: 4, truncateAfterChunks: 20 })
    const { text, events, error } = await ask(make())
    expect(error).toMatchObject({ code: 'provider-cut', recoverable: true })
    expect(text).toMatch(/^(word )+/)
    expect(events.some((event) => event.type === 'finish')).toBe(false)
  })

  it('notices malformed answers', async () => {
    mock.on({ userMessage: 'Hello' }, { content: TEXT }, { chaos: { malformedRate: 1 } })
    expect((await ask(make())).error).toMatchObject({ code: 'provider-malformed' })
  })

  it('notices a dropped request', async () => {
    mock.on({ userMessage: 'Hello' }, { content: TEXT }, { chaos: { disconnectRate: 1 } })
    expect((await ask(make())).error).toMatchObject({ code: expect.stringMatching(/provider-(cut|unreachable)/), recoverable: true })
  })

  it('stops when it is told to', async () => {
    mock.on({ userMessage: 'Hello' }, { content: 'word '.repeat(500) }, { chunkSize: 5, latency: 5 })
    const controller = new AbortController()
    const reason = new Error('Stop')
    const events: ModelEvent[] = []
    const reading = (async () => {
      for await (const event of make().stream(question('Hello', { signal: controller.signal }))) {
        events.push(event)
        if (textOf(events).length > 20) controller.abort(reason)
      }
    })()
    await expect(reading).rejects.toBe(reason)
    expect(textOf(events).length).toBeLessThan(1_000)
  })

  it('stalls and times out', async () => {
    mock.on({ userMessage: 'Hello' }, { content: TEXT }, { latency: 5_000 })
    expect((await ask(make({ deadlines: { firstByteMs: 300, stallMs: 300 } }))).error?.code).toMatch(/provider-(timeout|stalled)/)
  })
})

describe('what OpenAI is sent', () => {
  it('stores nothing there, and asks for reasoning that can be sent back', async () => {
    mock.on({ userMessage: 'Hello' }, { content: 'ok' })
    const bodies: unknown[] = []
    const fetch: typeof globalThis.fetch = (input, init) => {
      bodies.push(JSON.parse(String(init?.body)))
      return globalThis.fetch(input, init)
    }
    await ask(createModel({ provider: 'openai', model: 'gpt-5.4', apiKey: 'k', baseURL: `${mock.url}/v1` }, { fetch }))
    expect(bodies[0]).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { summary: 'auto' },
      stream: true,
    })
    await ask(createModel({ provider: 'openai', model: 'gpt-4.1', apiKey: 'k', baseURL: `${mock.url}/v1` }, { fetch }))
    expect(bodies[1]).toMatchObject({ store: false })
    expect(bodies[1]).not.toHaveProperty('reasoning')
  })
})
