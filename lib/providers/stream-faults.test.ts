import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createModel, type Model, type ModelConfig, type ModelEvent } from './index.ts'
import { ask, question, textOf } from './testing/ask.ts'
import { chatAnswer, chatChunk, chatCompletion, chatEnd, DONE, event, json } from './testing/chat-format.ts'
import { type ScriptedProvider, type Step, startScriptedProvider } from './testing/scripted-provider.ts'

let provider: ScriptedProvider

beforeEach(async () => {
  provider = await startScriptedProvider()
})

afterEach(() => provider.close())

function model(more: Partial<ModelConfig> = {}): Model {
  const config: ModelConfig = { provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL, ...more }
  return createModel(config)
}

describe('an answer that breaks', () => {
  const start: Step = { text: chatChunk({ content: 'So far' }) }

  it.each<[string, Step[], string, boolean]>([
    ['reset in mid-chunk', [start, { text: 'data: {"cho' }, { reset: true, delayMs: 20 }], 'provider-cut', true],
    ['cut in mid-chunk', [start, { text: 'data: {"cho' }, { cut: true, delayMs: 20 }], 'provider-cut', true],
    ['clean end without a finish', [start], 'provider-cut', true],
    ['only DONE', [start, { text: DONE }], 'provider-cut', true],
    ['broken JSON', [start, { text: 'data: {"choices": [}\n\n' }, { text: chatEnd() }], 'provider-malformed', true],
    [
      'an error object',
      [start, { text: event({ error: { message: 'Overloaded', type: 'overloaded_error' } }) }],
      'provider-unavailable',
      true,
    ],
    ['an error in words', [start, { text: event({ error: 'model crashed' }) }], 'provider-error', true],
    [
      'a rate limit',
      [start, { text: event({ error: { message: 'slow down', code: 'rate_limit_exceeded' } }) }],
      'provider-rate-limited',
      true,
    ],
    [
      'a context too long',
      [start, { text: event({ error: { message: 'x', code: 'context_length_exceeded' } }) }],
      'provider-context-too-long',
      false,
    ],
  ])('%s: keeps the text, says the code', async (_name, steps, code, recoverable) => {
    provider.play({ steps })
    const { events, text, error } = await ask(model())
    expect(error).toMatchObject({ code, recoverable })
    expect(text).toBe('So far')
    expect(events.some((one) => one.type === 'finish')).toBe(false)
    expect(error?.message).toContain('What was written so far is kept.')
  })

  it('does not hand on a tool call that was cut as one that may run', async () => {
    provider.play({ steps: [{ text: chatChunk({ tool_calls: [{ index: 0, id: 'c', function: { name: 'add', arguments: '{"a":1' } }] }) }] })
    const { events, error } = await ask(model())
    expect(error?.code).toBe('provider-cut')
    expect(events.some((one) => one.type === 'finish')).toBe(false)
  })
})

describe('an answer that is none', () => {
  it.each<[string, Parameters<ScriptedProvider['play']>[0], string, boolean]>([
    [
      'a web page',
      { headers: { 'content-type': 'text/html; charset=utf-8' }, steps: [{ text: '<html>Log in</html>' }] },
      'provider-malformed',
      false,
    ],
    ['words', { headers: { 'content-type': 'text/plain' }, steps: [{ text: 'hello\n\nworld\n\n' }] }, 'provider-malformed', false],
    ['malformed events', { steps: [{ text: 'dat: {}\n\n{"a":1}\n\n' }] }, 'provider-malformed', false],
    ['broken JSON at once', { steps: [{ text: 'data: {]\n\n' }] }, 'provider-malformed', false],
    ['JSON of another kind', json(200, { hello: 'world' }), 'provider-malformed', false],
    ['an error with status 200', json(200, { error: { message: 'invalid api key', code: 'invalid_api_key' } }), 'provider-auth', false],
    ['nothing', { steps: [] }, 'provider-cut', true],
  ])('%s', async (_name, script, code, recoverable) => {
    provider.play(script)
    const { events, error } = await ask(model())
    expect(events).toEqual([])
    expect(error).toMatchObject({ code, recoverable })
  })

  it('is refused when it never ends', async () => {
    const megabyte = { text: 'x'.repeat(1024 * 1024) }
    provider.play({ status: 500, steps: Array.from({ length: 8 }, () => megabyte) })
    expect((await ask(model())).error).toMatchObject({ code: expect.stringMatching(/provider-(malformed|unavailable)/) })
  })
})

describe('deadlines', () => {
  const impatient = { firstByteMs: 200, stallMs: 30_000 }
  const stalling = { firstByteMs: 30_000, stallMs: 400 }

  it.each<[string, Step[]]>([
    ['no byte', [{ hang: true }]],
    ['no byte for long', [{ text: chatEnd(), delayMs: 20_000 }]],
  ])('%s', async (_name, steps) => {
    provider.play({ steps })
    const { error } = await ask(model({ deadlines: impatient }))
    expect(error).toMatchObject({ code: 'provider-timeout', recoverable: true })
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('does not hold up Stop while the server is asked which model it has', async () => {
    const fetch: typeof globalThis.fetch = () => new Promise(() => undefined)
    const waiting = createModel({ provider: 'openai-compatible', model: 'default', baseURL: provider.baseURL }, { fetch })
    const reason = new Error('Stop')
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 20)
    await expect(ask(waiting, question('Hi', { signal: controller.signal }))).rejects.toBe(reason)
  })

  it('is kept by the list of models, too', async () => {
    const fetch: typeof globalThis.fetch = () =>
      Promise.reject(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    const silent = createModel({ provider: 'openai-compatible', model: 'default', baseURL: provider.baseURL }, { fetch })
    expect((await ask(silent)).error).toMatchObject({ code: 'provider-unreachable', recoverable: true })
  })

  it('a stall in mid-stream', async () => {
    provider.play({ steps: [{ text: chatChunk({ content: 'So far' }) }, { hang: true }] })
    const { text, error } = await ask(model({ deadlines: stalling }))
    expect(error).toMatchObject({ code: 'provider-stalled', recoverable: true })
    expect(text).toBe('So far')
    await expect(provider.requests[0]?.closed).resolves.toBe('by client')
  })

  it('is moved on by every byte, comments too', async () => {
    const beats = Array.from({ length: 12 }, () => ({ text: ': working\n\n', delayMs: 60 }))
    provider.play({ steps: [...beats, { text: chatChunk({ content: 'late' }) + chatEnd() }] })
    const { text, error } = await ask(model({ deadlines: stalling }))
    expect(error).toBeUndefined()
    expect(text).toBe('late')
  })

  it('stands still while the reader is busy', async () => {
    provider.play(chatAnswer(['a', 'b', 'c']))
    const events: ModelEvent[] = []
    for await (const one of model({ deadlines: stalling }).stream(question('Hi'))) {
      events.push(one)
      await new Promise((resolve) => setTimeout(resolve, 600))
    }
    expect(textOf(events)).toBe('abc')
  })
})

describe('streaming refused', () => {
  const refusals: [string, Parameters<ScriptedProvider['play']>[0]][] = [
    ['400', json(400, { error: { message: 'Streaming is not supported for this model.' } })],
    [
      '400 in OpenAI words',
      json(400, {
        error: { message: 'Your organization must be verified to stream this model.', param: 'stream', code: 'unsupported_value' },
      }),
    ],
    ['404', json(404, { error: { message: 'streaming endpoint not available' } })],
    ['405', { status: 405 }],
    ['501', { status: 501 }],
  ]

  it.each(refusals)('%s: asks once without', async (_name, refusal) => {
    provider.play(refusal, chatCompletion('Whole.'))
    const { events, error } = await ask(model())
    expect(error).toBeUndefined()
    expect(events).toMatchObject([
      { type: 'text', delta: 'Whole.' },
      { type: 'finish', finishReason: 'stop', usage: { totalTokens: 8 } },
    ])
    expect(provider.requests).toHaveLength(2)
    expect(provider.requests[1]?.body).not.toHaveProperty('stream')
  })

  it('takes a whole answer that came though a stream was asked for, without asking twice', async () => {
    provider.play(chatCompletion('Whole \ud83d'))
    const { text, events } = await ask(model())
    expect(text).toBe('Whole \ufffd')
    expect(events.at(-1)?.type).toBe('finish')
    expect(provider.requests).toHaveLength(1)
  })

  it('does not try a third time', async () => {
    provider.play({ status: 501 }, json(401, { error: { message: 'no' } }), chatCompletion('never'))
    expect((await ask(model())).error?.code).toBe('provider-auth')
    expect(provider.requests).toHaveLength(2)
  })

  it('is not what other refusals are', async () => {
    provider.play(json(400, { error: { message: 'temperature is not supported' } }))
    expect((await ask(model())).error?.code).toBe('provider-bad-request')
    expect(provider.requests).toHaveLength(1)
  })
})
