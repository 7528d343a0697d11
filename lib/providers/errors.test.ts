import { APICallError, JSONParseError, LoadAPIKeyError } from '@ai-sdk/provider'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '#lib/protocol/index.ts'
import { type ErrorContext, toProviderError } from './errors.ts'
import { createModel } from './index.ts'
import { retryAfterMs } from './retry-after.ts'
import { ask } from './testing/ask.ts'
import { chatAnswer, json } from './testing/chat-format.ts'
import { type ScriptedProvider, startScriptedProvider } from './testing/scripted-provider.ts'

const KEY = 'test-key-4f9a8b7c6d5e'
const context: ErrorContext = { config: { provider: 'openai', model: 'gpt-x', apiKey: KEY }, isAccepted: false, hasBegun: false }

let provider: ScriptedProvider
beforeAll(async () => {
  provider = await startScriptedProvider()
})
afterAll(() => provider.close())

describe('a refused call', () => {
  const say = (message: string, more: object = {}) => ({ error: { message, ...more } })

  it.each<[string, number, unknown, string, boolean, RegExp]>([
    [
      'a bad request',
      400,
      say('Unsupported parameter: temperature'),
      'provider-bad-request',
      false,
      /Unsupported parameter: temperature.*RILL_MODEL, or start a new session\./,
    ],
    ['a key that Google refuses', 400, say('API key not valid.', { status: 'INVALID_ARGUMENT' }), 'provider-auth', false, /OPENAI_API_KEY/],
    ['a long context, OpenAI', 400, say('too long', { code: 'context_length_exceeded' }), 'provider-context-too-long', false, /RILL_MODEL/],
    [
      'a long context, Anthropic',
      400,
      say('prompt is too long: 210000 tokens > 200000 maximum'),
      'provider-context-too-long',
      false,
      /Start a new session,/,
    ],
    [
      'a long context, Google',
      400,
      say('The input token count (1200000) exceeds the maximum number of tokens allowed'),
      'provider-context-too-long',
      false,
      /longer context/,
    ],
    [
      'a long context, vLLM',
      400,
      say("This model's maximum context length is 4096 tokens"),
      'provider-context-too-long',
      false,
      /scripted/,
    ],
    [
      'a long context, llama.cpp',
      400,
      say('the request exceeds the available context size', { type: 'exceed_context_size_error' }),
      'provider-context-too-long',
      false,
      /./,
    ],
    ['a large body', 413, 'too large', 'provider-context-too-long', false, /./],
    ['a bad key', 401, say('Incorrect API key provided'), 'provider-auth', false, /OPENAI_API_KEY/],
    ['no permission', 403, say('no'), 'provider-auth', false, /OPENAI_API_KEY/],
    ['no money', 402, say('pay'), 'provider-billing', false, /OPENAI_API_KEY/],
    [
      'no quota, as OpenAI says it',
      429,
      say('You exceeded your current quota', { code: 'insufficient_quota' }),
      'provider-billing',
      false,
      /credit/,
    ],
    ['no credit, as Anthropic says it', 400, say('Your credit balance is too low'), 'provider-billing', false, /credit/],
    [
      'an unknown model',
      404,
      say('model not found', { code: 'model_not_found' }),
      'provider-model-not-found',
      false,
      /"scripted".*RILL_MODEL.*OPENAI_BASE_URL/,
    ],
    ['an unknown address', 404, '404 page not found', 'provider-model-not-found', false, /OPENAI_BASE_URL/],
    ['an unknown model, with 400', 400, say('invalid model ID'), 'provider-model-not-found', false, /RILL_MODEL/],
    ['an unprocessable request', 422, say('no'), 'provider-bad-request', false, /RILL_MODEL/],
    ['a timeout there', 408, '', 'provider-unavailable', true, /Try again/],
    ['a conflict', 409, '', 'provider-unavailable', true, /Try again/],
    [
      'too many requests',
      429,
      say('Rate limit reached: 10000 tokens per minute, too many tokens'),
      'provider-rate-limited',
      true,
      /Try again/,
    ],
    [
      'a rate limit, as OpenAI says it',
      429,
      say('Rate limit reached. Add a payment method at https://platform.openai.com/account/billing.', { code: 'rate_limit_exceeded' }),
      'provider-rate-limited',
      true,
      /Try again/,
    ],
    [
      'a rate limit, as Google says it',
      429,
      say('You exceeded your current quota, please check your plan and billing details.', { status: 'RESOURCE_EXHAUSTED' }),
      'provider-rate-limited',
      true,
      /Try again/,
    ],
    ['500', 500, say('boom'), 'provider-unavailable', true, /Try again/],
    ['502 with a page', 502, '<html>Bad gateway</html>', 'provider-unavailable', true, /Try again/],
    ['503', 503, '', 'provider-unavailable', true, /Try again/],
    ['529', 529, say('Overloaded', { type: 'overloaded_error' }), 'provider-unavailable', true, /Try again/],
  ])('%s (%i)', async (_name, status, body, code, recoverable, message) => {
    provider.play(
      typeof body === 'string' ? { status, headers: { 'content-type': 'text/html' }, steps: [{ text: body }] } : json(status, body),
    )
    const model = createModel({ provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL, apiKey: KEY })
    const { error } = await ask(model)
    expect(error).toMatchObject({ code, recoverable })
    expect(error?.message).toMatch(message)
    expect(error?.message).not.toMatch(/<|127\.0\.0\.1/)
    expect(error?.message).not.toContain(KEY)
  })

  it('shows no key, no address and no more than a line', async () => {
    const message = `Key ${KEY} and sk-proj-abcdefghij and Bearer abc.def.ghi at https://user:pass@internal/x\n${'long '.repeat(200)}`
    provider.play(json(400, { error: { message } }))
    const model = createModel({ provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL, apiKey: KEY })
    const text = (await ask(model)).error?.message ?? ''
    expect(text).not.toMatch(/4f9a8b|abcdefghij|def\.ghi|pass|\n/)
    expect(text.length).toBeLessThan(400)
  })

  it('gives on how long to wait', async () => {
    const model = createModel({ provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL })
    provider.play(json(429, {}, { 'retry-after': '7' }))
    expect((await ask(model)).error?.retryAfterMs).toBe(7_000)
    provider.play(json(503, {}, { 'retry-after': 'soon' }))
    expect((await ask(model)).error?.retryAfterMs).toBeUndefined()
    provider.play(json(429, { error: { message: 'x', details: [{ retryDelay: '3.5s' }] } }))
    expect((await ask(model)).error?.retryAfterMs).toBe(3_500)
    provider.play(json(401, {}, { 'retry-after': '7' }))
    expect((await ask(model)).error?.retryAfterMs).toBeUndefined()
  })
})

describe('a call that reached nobody', () => {
  it('nobody listens', async () => {
    const gone = await startScriptedProvider()
    await gone.close()
    const { error } = await ask(createModel({ provider: 'openai-compatible', model: 'scripted', baseURL: gone.baseURL }))
    expect(error).toMatchObject({ code: 'provider-unreachable', recoverable: true })
    expect(error?.message).toMatch(/OPENAI_BASE_URL/)
  })

  it.each(['http://no-such-host.invalid/v1', 'http://127.0.0.1:1/v1'])('%s', async (baseURL) => {
    const { error } = await ask(createModel({ provider: 'openai-compatible', model: 'scripted', baseURL }))
    expect(error).toMatchObject({ code: 'provider-unreachable', recoverable: true })
  })

  it('is reset before an answer', async () => {
    provider.play({ steps: [{ reset: true }] })
    const { error } = await ask(createModel({ provider: 'openai-compatible', model: 'scripted', baseURL: provider.baseURL }))
    expect(error).toMatchObject({ code: expect.stringMatching(/provider-(unreachable|cut)/), recoverable: true })
  })

  it('is made anew the next time', async () => {
    provider.play(chatAnswer(['ok']))
    let calls = 0
    const fetch: typeof globalThis.fetch = async (input, init) => {
      calls += 1
      if (calls === 1) throw new TypeError('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }) })
      return globalThis.fetch(input, init)
    }
    const model = createModel({ provider: 'openai-compatible', model: 'default', baseURL: provider.baseURL }, { fetch })
    expect((await ask(model)).error?.code).toBe('provider-unreachable')
    expect((await ask(model)).text).toBe('ok')
  })
})

describe('toProviderError', () => {
  it('leaves an AppError as it is', () => {
    const error = new AppError('cancelled', 'x')
    expect(toProviderError(error, context)).toBe(error)
  })

  it.each<[string, unknown, string]>([
    ['no key', new LoadAPIKeyError({ message: `no ${KEY}` }), 'provider-auth'],
    ['broken JSON', new JSONParseError({ text: '{', cause: new SyntaxError('x') }), 'provider-malformed'],
    [
      'a network error deep down',
      new Error('x', { cause: new Error('y', { cause: Object.assign(new Error('z'), { code: 'ECONNRESET' }) }) }),
      'provider-unreachable',
    ],
    ['a text', 'Something', 'provider-error'],
    ['nothing', undefined, 'provider-error'],
    ['a nested error', { type: 'response.failed', response: { error: { code: 'server_error', message: 'x' } } }, 'provider-unavailable'],
    ['a list, as Google sends it', [{ error: { code: 503, message: 'x', status: 'UNAVAILABLE' } }], 'provider-unavailable'],
    ['a status in the stream', { message: 'x', statusCode: 429 }, 'provider-rate-limited'],
    [
      'a request that an SDK refuses',
      new APICallError({ message: 'x', url: 'u', requestBodyValues: {}, statusCode: 418 }),
      'provider-bad-request',
    ],
  ])('%s', (_name, thrown, code) => {
    const error = toProviderError(thrown, context)
    expect(error.code).toBe(code)
    expect(error.message).not.toContain(KEY)
  })

  it('says that text was kept only where there was some', () => {
    expect(toProviderError({ message: 'x', statusCode: 500 }, context).message).not.toMatch(/kept/)
    expect(toProviderError({ message: 'x', statusCode: 500 }, { ...context, hasBegun: true }).message).toMatch(/kept/)
  })

  it('survives what refers to itself', () => {
    const error = new Error('x')
    error.cause = error
    const value: Record<string, unknown> = {}
    value.error = value
    expect(toProviderError(error, context).code).toBe('provider-malformed')
    expect(toProviderError(value, context).code).toBe('provider-error')
  })
})

describe('retryAfterMs', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')

  it.each<[string, number | undefined]>([
    ['5', 5_000],
    ['0.5', 500],
    ['0', 0],
    ['-3', 0],
    ['3600', 60_000],
    ['99999999999999999999999', 60_000],
    ['Mon, 23 Nov 2026 12:00:10 GMT', 10_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['Mon, 23 Nov 2027 12:00:00 GMT', 60_000],
    ['', undefined],
    ['soon', undefined],
    ['5 minutes', undefined],
    ['1e3', undefined],
    ['NaN', undefined],
    ['Infinity', undefined],
    ['Mon, 99 Foo 2026 12:00:10 GMT', undefined],
  ])('%s', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, now)).toBe(expected)
  })

  it('prefers milliseconds, and may be absent', () => {
    expect(retryAfterMs({ 'retry-after-ms': '250', 'retry-after': '9' }, now)).toBe(250)
    expect(retryAfterMs({}, now)).toBeUndefined()
  })
})
