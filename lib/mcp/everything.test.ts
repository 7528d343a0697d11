import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonValue } from '#lib/protocol/index.ts'
import { createMcpServers, type McpServerConfig, type McpServers } from './index.ts'
import { callTool, testContext } from './testing/context.ts'
import { everythingOverStdio, type StartedServer, startEverything } from './testing/everything.ts'

const OWN_TOOLS = [
  'echo',
  'get-annotated-message',
  'get-env',
  'get-resource-links',
  'get-resource-reference',
  'get-structured-content',
  'get-sum',
  'get-tiny-image',
  'gzip-file-as-resource',
  'simulate-research-query',
  'toggle-simulated-logging',
  'toggle-subscriber-updates',
  'trigger-elicitation-request',
  'trigger-long-running-operation',
]
/** Those that a client has only when it offers sampling, roots or questions by an address: none of these is offered. */
const NOT_OFFERED = [
  'get-roots-list',
  'trigger-sampling-request',
  'trigger-sampling-request-async',
  'trigger-elicitation-request-async',
  'trigger-url-elicitation',
]

describe.each(['stdio', 'http', 'sse'] as const)('the reference server over %s', (transport) => {
  let started: StartedServer | undefined
  let servers: McpServers

  beforeAll(async () => {
    started = transport === 'stdio' ? undefined : await startEverything(transport)
    const config: McpServerConfig = started?.config ?? everythingOverStdio
    servers = createMcpServers({ servers: { everything: config } })
    servers.start()
    await servers.ready(AbortSignal.timeout(20_000))
  })

  afterAll(async () => {
    await servers.stop()
    await started?.stop()
  })

  const call = (name: string, input: { [key: string]: JsonValue } = {}, context = testContext()) =>
    callTool(servers.tools(), `everything__${name}`, input, context)

  test('is ready, and says who it is', () => {
    expect(servers.status()).toMatchObject([
      {
        name: 'everything',
        transport,
        status: 'ready',
        server: { name: 'mcp-servers/everything', version: '2.0.0' },
        resources: 7,
        prompts: 4,
        notes: [],
      },
    ])
  })

  test('offers every tool that needs nothing we do not offer', () => {
    const names = servers.tools().map(({ name }) => name.replace('everything__', ''))
    expect(names.sort()).toEqual([...OWN_TOOLS, 'get_prompt', 'list_resources', 'read_resource'].sort())
    for (const name of NOT_OFFERED) expect(names).not.toContain(name)
  })

  test('reads are allowed, all else is asked', () => {
    const policies = Object.fromEntries(
      servers.tools().map(({ name, policy, repeatable }) => [name.replace('everything__', ''), [policy, repeatable]]),
    )
    expect(policies).toMatchObject({
      echo: ['always-allow', true],
      'gzip-file-as-resource': ['ask', true],
      'toggle-simulated-logging': ['ask', false],
      read_resource: ['always-allow', true],
    })
  })

  test('echo', async () => expect(await call('echo', { message: 'hé "lo"\n' })).toBe('Echo: hé "lo"\n'))

  test('echo without its argument is refused before it is sent', async () => {
    await expect(call('echo')).rejects.toThrow(/message/)
  })

  test('get-annotated-message', async () => {
    expect(await call('get-annotated-message', { messageType: 'success', includeImage: true })).toMatchObject({
      content: [{ type: 'text' }, { type: 'image', mediaType: 'image/png', url: '/files/1' }],
    })
  })

  test('get-env: over stdio no secret of ours', async () => {
    const env = JSON.parse(String(await call('get-env'))) as Record<string, string>
    if (transport === 'stdio') expect(Object.keys(env).filter((name) => /VITEST|RILL|DATABASE|NODE_ENV/.test(name))).toEqual([])
    expect(env.PATH).toBe(process.env.PATH)
  })

  test('get-resource-links', async () => {
    expect(await call('get-resource-links', { count: 2 })).toMatchObject({
      content: [{ type: 'text' }, { type: 'resource_link' }, { type: 'resource_link' }],
    })
  })

  test('get-resource-reference', async () => {
    const context = testContext()
    expect(await call('get-resource-reference', { resourceType: 'Blob', resourceId: 2 }, context)).toMatchObject({
      content: [{ type: 'text' }, { type: 'resource', resource: { url: '/files/1' } }, { type: 'text' }],
    })
    expect(context.files).toHaveLength(1)
  })

  test('get-structured-content', async () => {
    expect(await call('get-structured-content', { location: 'New York' })).toEqual({
      content: [],
      structuredContent: { temperature: 33, conditions: 'Cloudy', humidity: 82 },
    })
  })

  test('get-sum', async () => expect(await call('get-sum', { a: 2, b: 40 })).toBe('The sum of 2 and 40 is 42.'))

  test('get-tiny-image: the image is a file of the app, and no base64', async () => {
    const context = testContext()
    const result = await call('get-tiny-image', {}, context)
    expect(result).toMatchObject({
      content: [{ type: 'text' }, { type: 'image', mediaType: 'image/png', url: '/files/1' }, { type: 'text' }],
    })
    expect(
      Buffer.from(context.files[0]?.data ?? [])
        .subarray(1, 4)
        .toString(),
    ).toBe('PNG')
  })

  test('gzip-file-as-resource', async () => {
    const context = testContext()
    await call('gzip-file-as-resource', { name: 'a.gz', data: 'data:text/plain,hello', outputType: 'resource' }, context)
    expect(gunzipSync(context.files[0]?.data ?? Buffer.alloc(0)).toString()).toBe('hello')
    expect(context.files[0]).toMatchObject({ mediaType: 'application/gzip', name: 'a.gz' })
  })

  test('simulate-research-query: a task, with its progress and its question', async () => {
    const context = testContext({ answer: { approved: true, content: { interpretation: 'snake' } } })
    expect(await call('simulate-research-query', { topic: 'python', ambiguous: true }, context)).toContain(
      'Research Report: python (snake)',
    )
    expect(context.questions).toHaveLength(1)
    expect(context.progressed).toContain('Gathering sources...\n')
  })

  test('toggle-simulated-logging', async () => {
    expect(await call('toggle-simulated-logging')).toContain('Started')
    expect(await call('toggle-simulated-logging')).toContain('Stopped')
  })

  test('toggle-subscriber-updates', async () => {
    expect(await call('toggle-subscriber-updates')).toContain('Started')
    expect(await call('toggle-subscriber-updates')).toContain('Stopped')
  })

  test('trigger-elicitation-request: the user is asked', async () => {
    const context = testContext({ answer: { approved: true, content: { name: 'Ada', integer: 7 } } })
    expect(await call('trigger-elicitation-request', {}, context)).toContain('- Name: Ada\n- Favorite Integer: 7')
    expect(context.questions).toMatchObject([
      { message: 'Please provide inputs for the following fields:', schema: { type: 'object', required: ['name'] } },
    ])
    expect(await call('trigger-elicitation-request', {}, testContext())).toContain('User declined')
  })

  test('trigger-long-running-operation: with progress', async () => {
    const context = testContext()
    expect(await call('trigger-long-running-operation', { duration: 0.4, steps: 4 }, context)).toContain('completed')
    expect(context.progressed.slice(0, 3)).toEqual([1, 2, 3].map((done) => ({ done, total: 4 })))
  })

  test('a call that is stopped ends at once, and the server lives', async () => {
    const stop = new AbortController()
    const running = call('trigger-long-running-operation', { duration: 60, steps: 60 }, testContext({ signal: stop.signal }))
    stop.abort(new Error('Stopped.'))
    await expect(running).rejects.toThrow('Stopped.')
    expect(await call('echo', { message: 'still here' })).toBe('Echo: still here')
  })

  test('resources and prompts are listed and read', async () => {
    const tools = servers.tools()
    expect(tools.find(({ name }) => name === 'everything__read_resource')?.description).toContain(
      'demo://resource/static/document/features.md (features.md)',
    )
    expect(await call('list_resources')).toMatchObject({ resources: expect.any(Array), resourceTemplates: expect.any(Array) })
    expect(await call('read_resource', { uri: 'demo://resource/dynamic/text/1' })).toMatchObject({
      contents: [{ text: expect.stringContaining('Resource 1') }],
    })
    const context = testContext()
    expect(await servers.readResource('everything', 'demo://resource/dynamic/blob/1', context)).toMatchObject({
      contents: [{ url: '/files/1' }],
    })
    expect(await call('get_prompt', { name: 'args-prompt', arguments: { city: 'Paris' } })).toMatchObject({
      messages: [{ role: 'user', content: { type: 'text', text: "What's weather in Paris?" } }],
    })
    expect(await servers.getPrompt('everything', 'simple-prompt', {}, context)).toMatchObject({ messages: [{ role: 'user' }] })
  })

  test('what does not exist is refused clearly', async () => {
    await expect(call('read_resource', { uri: 'demo://nothing' })).rejects.toThrow(/The MCP server everything refused the call/)
    await expect(servers.readResource('nobody', 'x', testContext())).rejects.toMatchObject({ code: 'not-found' })
  })
})
