import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModel, type Model, type ModelConfig, type ModelEvent } from './index.ts'
import { StreamParts } from './stream-parts.ts'
import { ask, question } from './testing/ask.ts'
import { bytewise, chatAnswer, chatChunk, chatEnd, chatToolCalls, event } from './testing/chat-format.ts'
import { type ScriptedProvider, type Step, startScriptedProvider } from './testing/scripted-provider.ts'

let provider: ScriptedProvider
let ignored: string[]

beforeEach(async () => {
  provider = await startScriptedProvider()
  ignored = []
})

afterEach(() => provider.close())

function model(more: Partial<ModelConfig> = {}): Model {
  const config: ModelConfig = { provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL, ...more }
  return createModel(config, { onIgnored: (what) => ignored.push(what) })
}

const TEXT = 'Grüße 👩‍👩‍👧‍👦 — 日本語 🇨🇭 e\u0301'

describe('a good answer', () => {
  it('arrives as deltas and a finish', async () => {
    provider.play(chatAnswer(['Hel', 'lo']))
    const { events, error } = await ask(model())
    expect(error).toBeUndefined()
    expect(events).toEqual([
      { type: 'text', delta: 'Hel' },
      { type: 'text', delta: 'lo' },
      { type: 'finish', finishReason: 'stop', usage: expect.objectContaining({ inputTokens: 7, outputTokens: 2, totalTokens: 9 }) },
    ])
  })

  it('sends the conversation, the tools, and no key where there is none', async () => {
    provider.play(chatAnswer(['ok']))
    const tools = [{ name: 'look', description: 'Looks.', inputSchema: { type: 'object', properties: {} } }]
    await ask(model(), question('Hi', { system: 'Be brief.', tools }))
    const [request] = provider.requests
    expect(request?.path).toBe('/v1/chat/completions')
    expect(request?.headers.authorization).toBeUndefined()
    expect(request?.body).toMatchObject({
      model: 'scripted',
      stream: true,
      stream_options: { include_usage: true },
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      tools: [{ type: 'function', function: { name: 'look' } }],
    })
  })

  it.each([
    ['length', 'length'],
    ['content_filter', 'content-filter'],
    ['tool_calls', 'tool-calls'],
    ['error', 'error'],
  ] as const)('ends with %s', async (raw, finishReason) => {
    provider.play(chatAnswer(['x'], { finishReason: raw }))
    expect((await ask(model())).events.at(-1)).toMatchObject({ type: 'finish', finishReason })
  })

  it('may be empty', async () => {
    provider.play(chatAnswer([]))
    const { events, error } = await ask(model())
    expect(error).toBeUndefined()
    expect(events).toMatchObject([{ type: 'finish', finishReason: 'stop' }])
  })

  it('asks the server which model it has', async () => {
    provider.play(chatAnswer(['ok']))
    const first = model({ model: 'default' })
    expect(first.model).toBe('default')
    await ask(first)
    expect(first.model).toBe('scripted')
    expect(provider.requests[0]?.body).toMatchObject({ model: 'scripted' })
  })

  it.each([
    ['has none yet', Response.json({ data: [] })],
    ['is still starting', new Response('loading', { status: 503 })],
  ])('asks again where the server %s', async (_name, first) => {
    const lists = [first]
    const fetch: typeof globalThis.fetch = async (input, init) =>
      (String(input).endsWith('/models') ? lists.shift() : undefined) ?? globalThis.fetch(input, init)
    provider.play({ status: 503 }, chatAnswer(['ok']))
    const patient = createModel({ provider: 'openai-compatible', model: 'default', baseURL: provider.baseURL }, { fetch })
    expect((await ask(patient)).error?.code).toBe('provider-unavailable')
    expect((await ask(patient)).text).toBe('ok')
    expect(provider.requests.map(({ body }) => (body as { model: string }).model)).toEqual(['default', 'scripted'])
  })
})

describe('characters', () => {
  const halves = ['a\ud83d', '\ude00b', '\ud83d', '\ude01']

  it('join over deltas', async () => {
    provider.play(chatAnswer(halves))
    const { events, text } = await ask(model())
    expect(text).toBe('a😀b😁')
    for (const one of events) if (one.type === 'text') expect(one.delta.isWellFormed()).toBe(true)
  })

  it('are replaced where they are none', async () => {
    provider.play(chatAnswer(['a\udc00b', 'c\0d', 'e\ud800', 'f', 'g\ud800']))
    expect((await ask(model())).text).toBe('a\ufffdbc\ufffdde\ufffdfg\ufffd')
  })

  it.each([1, 2, 3, 5, 7])('survive bytes cut every %i', async (size) => {
    const bytes = new TextEncoder().encode(chatChunk({ content: TEXT }) + chatEnd())
    const steps: Step[] = []
    for (let at = 0; at < bytes.length; at += size) steps.push({ bytes: bytes.subarray(at, at + size) })
    provider.play({ steps })
    expect((await ask(model())).text).toBe(TEXT)
  })

  it('join in tool arguments', async () => {
    provider.play(chatToolCalls({ id: 'c1', name: 'say', args: ['{"text":"\ud83d', '\ude00', '\0"}'] }))
    const { events } = await ask(model())
    const deltas = events.flatMap((one) => (one.type === 'tool-delta' ? [one.argsDelta] : []))
    expect(deltas.join('')).toBe('{"text":"😀\ufffd"}')
    expect(events.find((one) => one.type === 'tool-call')).toMatchObject({ input: '{"text":"😀\ufffd"}' })
  })
})

describe('tool calls', () => {
  it('come in pieces, then whole', async () => {
    provider.play(chatToolCalls({ id: 'c1', name: 'add', args: ['{"a"', ':1}'] }, { id: 'c2', name: 'sub', args: ['{}'] }))
    const { events } = await ask(model())
    expect(events.filter((one) => one.type === 'tool-delta' && one.callId === 'c1')).toEqual([
      { type: 'tool-delta', callId: 'c1', toolName: 'add', argsDelta: '{"a"' },
      { type: 'tool-delta', callId: 'c1', toolName: 'add', argsDelta: ':1}' },
    ])
    expect(events.filter((one) => one.type === 'tool-call')).toEqual([
      { type: 'tool-call', callId: 'c1', toolName: 'add', input: '{"a":1}' },
      { type: 'tool-call', callId: 'c2', toolName: 'sub', input: '{}' },
    ])
    expect(events.at(-1)).toMatchObject({ type: 'finish', finishReason: 'tool-calls' })
  })

  it('can be 200 at once', async () => {
    provider.play(chatToolCalls(...Array.from({ length: 200 }, (_, index) => ({ id: `c${index}`, name: 'add', args: ['{}'] }))))
    const { events } = await ask(model())
    expect(events.filter((one) => one.type === 'tool-call')).toHaveLength(200)
  })

  it('with broken arguments are handed on as they are', async () => {
    provider.play(chatToolCalls({ id: 'c1', name: 'add', args: ['{"a":'] }))
    const { events, error } = await ask(model())
    expect(error).toBeUndefined()
    expect(events.find((one) => one.type === 'tool-call')).toMatchObject({ input: '{"a":' })
  })
})

describe('events of another kind', () => {
  it('are ignored and counted', async () => {
    const strange = [': keep-alive\n\n', 'event: heartbeat\ndata: {"type":"heartbeat"}\n\n', event({ telemetry: 1 })]
    const unknownField = event({
      choices: [{ index: 0, delta: { content: 'b', mood: 'sunny' }, finish_reason: null, extra: {} }],
      more: [1],
    })
    provider.play({ steps: [chatChunk({ content: 'a' }), ...strange, unknownField, chatEnd()].map((text) => ({ text })) })
    const { text, error } = await ask(model())
    expect(error).toBeUndefined()
    expect(text).toBe('ab')
    expect(ignored).toEqual(['"heartbeat"', 'an event without a type'])
  })
})

describe('size', () => {
  it('takes 10 MB in one delta', async () => {
    const large = '0123456789abcdef'.repeat(640 * 1024)
    provider.play(chatAnswer([large]))
    expect((await ask(model())).text).toBe(large)
  })

  it('takes single bytes', async () => {
    provider.play({ steps: bytewise(chatChunk({ content: TEXT }) + chatEnd()) })
    expect((await ask(model())).text).toBe(TEXT)
  })

  it('takes 100,000 deltas', async () => {
    provider.play(chatAnswer(Array.from({ length: 100_000 }, () => 'word ')))
    expect((await ask(model())).text).toBe('word '.repeat(100_000))
  })

  // Work that grew with what was said before would not end within the time that a test has.
  it('does as much for the millionth delta as for the first', () => {
    const parts = new StreamParts(() => expect.unreachable())
    const events: ModelEvent[] = []
    let length = 0
    for (let count = 0; count < 1_000_000; count += 1) {
      parts.take({ type: 'text-delta', id: 'text', delta: 'word ' }, events)
      for (const event of events) if (event.type === 'text') length += event.delta.length
      events.length = 0
    }
    expect(length).toBe(5_000_000)
  })
})

describe('abort', () => {
  it('closes the socket and gives the reason, while text comes', async () => {
    provider.play(
      chatAnswer(
        Array.from({ length: 1_000 }, () => 'word '),
        { delayMs: 5 },
      ),
    )
    const controller = new AbortController()
    const reason = new Error('Stop')
    const reading = (async () => {
      for await (const one of model().stream(question('Hi', { signal: controller.signal })))
        if (one.type === 'text') controller.abort(reason)
    })()
    await expect(reading).rejects.toBe(reason)
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('works before the first byte', async () => {
    const controller = new AbortController()
    const reason = new Error('Stop')
    provider.play((request) => {
      queueMicrotask(() => controller.abort(reason))
      expect(request.method).toBe('POST')
      return { steps: [{ hang: true }] }
    })
    await expect(ask(model(), question('Hi', { signal: controller.signal }))).rejects.toBe(reason)
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('works in a stall', async () => {
    provider.play({ steps: [{ text: chatChunk({ content: 'a' }) }, { hang: true }] })
    const controller = new AbortController()
    const reading = (async () => {
      for await (const one of model().stream(question('Hi', { signal: controller.signal })))
        if (one.type === 'text') setTimeout(() => controller.abort('gone'), 10)
    })()
    await expect(reading).rejects.toBe('gone')
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('before the call sends nothing', async () => {
    provider.play(chatAnswer(['x']))
    const reason = new Error('Stop')
    await expect(ask(model(), question('Hi', { signal: AbortSignal.abort(reason) }))).rejects.toBe(reason)
    expect(provider.requests).toHaveLength(0)
  })

  it('is not needed: leaving the loop closes the socket', async () => {
    provider.play(
      chatAnswer(
        Array.from({ length: 1_000 }, () => 'word '),
        { delayMs: 5 },
      ),
    )
    for await (const one of model().stream(question('Hi'))) if (one.type === 'text') break
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('leaves the connection usable after a good end', async () => {
    provider.play(chatAnswer(['x']))
    await ask(model())
    await expect(provider.requests[0]?.closed).resolves.toBe('by answer')
  })
})
