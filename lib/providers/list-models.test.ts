import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createModels, type ModelConfig, type ProviderConfig } from './index.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

interface Seen {
  url: string
  headers: IncomingMessage['headers']
}

/** A server that answers each request as it is told, and what it was asked. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<{ origin: string; seen: Seen[] }> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => {
    server.closeAllConnections()
    return new Promise((resolve) => server.close(resolve))
  })
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

const json =
  (body: unknown, status = 200) =>
  (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

const DEMO: ModelConfig = { provider: 'demo', model: 'demo' }
const KEY = 'sk-secret-0123456789abcdef'

async function listed(...providers: ProviderConfig[]) {
  return createModels({ default: DEMO, providers }).list()
}

describe('what is listed', () => {
  it('of OpenAI: the newest first, without what cannot chat', async () => {
    const ids = [
      'gpt-old',
      'text-embedding-3-small',
      'whisper-1',
      'tts-1-hd',
      'dall-e-3',
      'omni-moderation-latest',
      'gpt-4o-realtime-preview',
    ]
    const { origin, seen } = await serve(
      json({
        data: [...ids.map((id, index) => ({ id, created: index })), { id: 'gpt-new', created: 99 }, { id: 'olive-7b', created: 98 }],
      }),
    )
    expect(await listed({ provider: 'openai', apiKey: KEY, baseURL: `${origin}/v1` })).toEqual([
      { provider: 'openai', models: [{ id: 'gpt-new' }, { id: 'olive-7b' }, { id: 'gpt-old' }] },
    ])
    expect(seen).toMatchObject([{ url: '/v1/models', headers: { authorization: `Bearer ${KEY}` } }])
  })

  it('of a server in its format: in its order, and without a key none is sent', async () => {
    const { origin, seen } = await serve(
      json({ data: [{ id: 'b' }, { id: 'a', owned_by: 5 }, { id: 'bge-rerank' }, { id: 'b' }, { id: 'no name' }] }),
    )
    expect(await listed({ provider: 'openai-compatible', baseURL: `${origin}/v1/` })).toEqual([
      { provider: 'openai-compatible', models: [{ id: 'b' }, { id: 'a' }] },
    ])
    expect(seen[0]?.headers.authorization).toBeUndefined()
  })

  it('of Ollama: by its own tags, which tell what only embeds', async () => {
    const tags = [
      { name: 'qwen3:latest', details: { family: 'qwen3', parameter_size: '8.2B' } },
      { name: 'granite-small:latest', details: { family: 'nomic-bert' } },
      { name: 'seer:latest', capabilities: ['embedding'] },
      { name: 'llava:7b', details: null },
    ]
    const { origin, seen } = await serve((request, response) =>
      json(request.url === '/api/tags' ? { models: tags } : { data: tags.map(({ name }) => ({ id: name, owned_by: 'library' })) })(
        request,
        response,
      ),
    )
    const [ollama] = await listed({ provider: 'openai-compatible', baseURL: `${origin}/v1` })
    expect(ollama?.models).toEqual([{ id: 'qwen3:latest', name: 'qwen3 (8.2B)' }, { id: 'llava:7b' }])
    expect(seen.map(({ url }) => url)).toEqual(['/v1/models', '/api/tags'])
  })

  it('of what only looks like Ollama: what it shares with others', async () => {
    const { origin } = await serve((request, response) =>
      request.url === '/api/tags'
        ? response.writeHead(404).end('no')
        : json({ data: [{ id: 'x', owned_by: 'library' }] })(request, response),
    )
    expect((await listed({ provider: 'openai-compatible', baseURL: `${origin}/v1` }))[0]).toEqual({
      provider: 'openai-compatible',
      models: [{ id: 'x' }],
    })
  })

  it('of Anthropic: page after page, with names for people', async () => {
    const { origin, seen } = await serve((request, response) =>
      json(
        request.url?.includes('after_id=claude-a')
          ? { data: [{ id: 'claude-b', display_name: 'Claude B' }], has_more: false }
          : { data: [{ id: 'claude-a' }], has_more: true, last_id: 'claude-a' },
      )(request, response),
    )
    expect(await listed({ provider: 'anthropic', apiKey: KEY, baseURL: `${origin}/v1` })).toEqual([
      { provider: 'anthropic', models: [{ id: 'claude-a' }, { id: 'claude-b', name: 'Claude B' }] },
    ])
    expect(seen[0]).toMatchObject({ url: '/v1/models?limit=1000', headers: { 'x-api-key': KEY, 'anthropic-version': '2023-06-01' } })
  })

  it('of Google: what makes text, and the key in no address', async () => {
    const { origin, seen } = await serve((request, response) =>
      json(
        request.url?.includes('pageToken=2')
          ? { models: [{ name: 'models/gemini-b', displayName: 'Gemini B', supportedGenerationMethods: ['generateContent'] }] }
          : {
              models: [
                { name: 'models/gemini-embedding-001' },
                { name: 'models/aqa' },
                { name: 'models/pure', supportedGenerationMethods: ['predict'] },
              ],
              nextPageToken: '2',
            },
      )(request, response),
    )
    expect(await listed({ provider: 'google', apiKey: KEY, baseURL: `${origin}/v1beta` })).toEqual([
      { provider: 'google', models: [{ id: 'gemini-b', name: 'Gemini B' }] },
    ])
    expect(seen[0]?.headers['x-goog-api-key']).toBe(KEY)
    expect(seen.map(({ url }) => url).join(' ')).not.toContain(KEY)
  })

  it('ends after a few pages of a provider that never does', async () => {
    let page = 0
    const { origin, seen } = await serve((request, response) => {
      page += 1
      json({ data: [{ id: `claude-${page}` }], has_more: true, last_id: `claude-${page}` })(request, response)
    })
    expect((await listed({ provider: 'anthropic', apiKey: KEY, baseURL: `${origin}/v1` }))[0]?.models).toHaveLength(5)
    expect(seen).toHaveLength(5)
  })
})

const many = (count: number) => ({ data: Array.from({ length: count }, (_, index) => ({ id: `m${index}` })) })

describe.each(['openai', 'openai-compatible', 'anthropic', 'google'] as const)('what %s says instead', (provider) => {
  it.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string, RegExp]>([
    [
      'a wrong key',
      json({ error: { message: `Incorrect API key provided: ${KEY}` } }, 401),
      'provider-auth',
      /refused access\. Check [A-Z_]+_KEY/,
    ],
    ['no such path', json({ error: 'no' }, 404), 'provider-model-not-found', /does not list its models/],
    ['a failure of its own', json({}, 503), 'provider-unavailable', /overloaded/],
    ['too many questions', json({ error: { message: 'slow' } }, 429), 'provider-rate-limited', /Try again/],
    [
      'a web page',
      (_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
      'provider-malformed',
      /a web page/,
    ],
    ['nonsense', json({ models: 7, data: 'x' }), 'provider-malformed', /something else/],
    [
      'no JSON',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"da'),
      'provider-malformed',
      /something else/,
    ],
    [
      '10 MB',
      (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(`{"data":"${'x'.repeat(10_000_000)}"}`),
      'provider-malformed',
      /more than 5 MB/,
    ],
    [
      '100,000 models',
      json({ ...many(100_000), models: many(100_000).data.map(({ id }) => ({ name: id })) }),
      'provider-malformed',
      /a list of 100000 models/,
    ],
    ['nothing, and hangs up', (request) => request.socket.resetAndDestroy(), 'provider-unreachable', /cannot be reached/],
  ])('%s', async (_name, answer, code, message) => {
    const { origin } = await serve(answer)
    const [failed, demo] = await listed({ provider, apiKey: KEY, baseURL: `${origin}/v1` }, { provider: 'demo' })
    expect(failed).toEqual({ provider, models: [], error: { code, message: expect.stringMatching(message) } })
    expect(failed?.error?.message).not.toContain(KEY)
    expect(demo?.models).toEqual([{ id: 'demo', name: 'Demo' }])
  })
})

describe('asking', () => {
  const config = (origin: string): ProviderConfig => ({ provider: 'openai-compatible', baseURL: `${origin}/v1` })

  it('is done once for all who ask at a time, and again after a minute', async () => {
    const { origin, seen } = await serve(json({ data: [{ id: 'x' }] }))
    let time = 0
    const models = createModels({ default: DEMO, providers: [config(origin)] }, { now: () => time })
    await Promise.all([models.list(), models.list(), models.list()])
    time = 59_999
    await models.list()
    expect(seen).toHaveLength(1)
    time = 60_001
    await models.list()
    expect(seen).toHaveLength(2)
  })

  it('is repeated sooner after a failure', async () => {
    let isUp = false
    const { origin } = await serve((request, response) => json(isUp ? { data: [{ id: 'x' }] } : {}, isUp ? 200 : 500)(request, response))
    let time = 0
    const models = createModels({ default: DEMO, providers: [config(origin)] }, { now: () => time })
    expect((await models.list())[0]?.error).toBeDefined()
    isUp = true
    time = 4_999
    expect((await models.list())[0]?.error).toBeDefined()
    time = 5_001
    expect(await models.list()).toEqual([{ provider: 'openai-compatible', models: [{ id: 'x' }] }])
  })

  it('is left by who aborts, and goes on for the others', async () => {
    const asked = Promise.withResolvers<() => void>()
    const { origin } = await serve((request, response) => asked.resolve(() => json({ data: [{ id: 'x' }] })(request, response)))
    const models = createModels({ default: DEMO, providers: [config(origin)] })
    const waiting = models.list()
    const controller = new AbortController()
    const leaving = models.list(controller.signal)
    controller.abort(new Error('gone'))
    await expect(leaving).rejects.toThrow('gone')
    const answer = await asked.promise
    answer()
    expect((await waiting)[0]?.models).toEqual([{ id: 'x' }])
  })

  it('ends after 10 s of silence, with a reason', async () => {
    const fetch: typeof globalThis.fetch = () => new Promise(() => {})
    const late = new AbortController()
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal)
    const list = createModels({ default: DEMO, providers: [config('http://127.0.0.1:9')] }, { fetch }).list()
    late.abort(new DOMException('The operation was aborted due to timeout', 'TimeoutError'))
    expect((await list)[0]?.error).toEqual({
      code: 'provider-timeout',
      message: 'The model server did not list its models within 10 s. Try again.',
    })
    expect(timeout).toHaveBeenCalledWith(10_000)
    timeout.mockRestore()
  })
})
