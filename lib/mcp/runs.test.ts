import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DextoAgent } from '#lib/agent/index.ts'
import { type ScriptedModel, scriptedModel } from '#lib/agent/testing/scripted-model.ts'
import type { RillEvent } from '#lib/protocol/index.ts'
import { everythingOverStdio, type StartedServer, startEverything } from './testing/everything.ts'

const text = (words: string) => expect.stringContaining(words)
const file = { url: text('/api/files/') }

/** Every tool that the reference server offers us: what it is called with, and what the run then has. */
const CASES: [name: string, args: object, result: unknown][] = [
  ['echo', { message: 'hé "lo"' }, 'Echo: hé "lo"'],
  ['get-annotated-message', { messageType: 'success', includeImage: true }, { content: [{ type: 'text' }, { type: 'image', ...file }] }],
  ['get-env', {}, text('PATH')],
  ['get-resource-links', { count: 1 }, { content: [{ type: 'text' }, { type: 'resource_link' }] }],
  [
    'get-resource-reference',
    { resourceType: 'Blob', resourceId: 2 },
    { content: [{ type: 'text' }, { type: 'resource', resource: file }, { type: 'text' }] },
  ],
  ['get-structured-content', { location: 'New York' }, { structuredContent: { temperature: 33, conditions: 'Cloudy', humidity: 82 } }],
  ['get-sum', { a: 2, b: 40 }, 'The sum of 2 and 40 is 42.'],
  ['get-tiny-image', {}, { content: [{ type: 'text' }, { type: 'image', ...file }, { type: 'text' }] }],
  [
    'gzip-file-as-resource',
    { name: 'a.gz', data: 'data:text/plain,hello', outputType: 'resource' },
    { content: [{ type: 'resource', resource: file }] },
  ],
  ['simulate-research-query', { topic: 'python', ambiguous: true }, text('Research Report: python (snake)')],
  ['toggle-simulated-logging', {}, text('Started')],
  ['toggle-subscriber-updates', {}, text('Started')],
  ['trigger-elicitation-request', {}, text('- Name: Ada\n- Favorite Integer: 7')],
  ['trigger-long-running-operation', { duration: 0.4, steps: 4 }, text('completed')],
  ['list_resources', {}, { resources: expect.any(Array) }],
  ['read_resource', { uri: 'demo://resource/dynamic/text/1' }, { contents: [{ text: text('Resource 1') }] }],
  ['get_prompt', { name: 'args-prompt', arguments: { city: 'Paris' } }, { messages: [{ role: 'user' }] }],
]
const ANSWERS: Record<string, object> = {
  'simulate-research-query': { interpretation: 'snake' },
  'trigger-elicitation-request': { name: 'Ada', integer: 7 },
}
/** The server says of these that they only read; for all others somebody is asked. */
const ASKED = [
  'gzip-file-as-resource',
  'simulate-research-query',
  'toggle-simulated-logging',
  'toggle-subscriber-updates',
  'trigger-elicitation-request',
]

describe.each(['stdio', 'http'] as const)('each tool of the reference server in a run of its own, over %s', (transport) => {
  let started: StartedServer | undefined
  let agent: DextoAgent
  let script: ScriptedModel
  let name: string

  beforeAll(async () => {
    started = transport === 'stdio' ? undefined : await startEverything(transport)
    const llm = {
      provider: 'scripted',
      model: 'script-1',
      stream: (request: Parameters<ScriptedModel['stream']>[0]) => script.stream(request),
    }
    agent = new DextoAgent({ llm, mcpServers: { everything: started?.config ?? everythingOverStdio } })
    agent.on('approval:request', ({ approvalId, form }) =>
      agent.respond(approvalId, { approved: true, ...(form && { content: ANSWERS[name] as never }) }),
    )
    await agent.start()
    await agent.mcp?.ready(AbortSignal.timeout(20_000))
  })

  afterAll(async () => {
    await agent.stop()
    await started?.stop()
  })

  test.each(CASES)('%s', async (tool, args, result) => {
    name = tool
    script = scriptedModel([{ call: `everything__${tool}`, args }], [{ say: 'Done.' }])
    // With a title of its own, no model call goes to naming it.
    const { id: sessionId } = await agent.createSession({ title: tool })
    const seen: RillEvent[] = []
    for await (const event of await agent.stream(`Call ${tool}.`, { sessionId })) seen.push(event)
    const of = <T extends RillEvent['type']>(type: T) => seen.filter((event) => event.type === type) as Extract<RillEvent, { type: T }>[]
    expect(of('llm:tool-result')).toEqual([expect.objectContaining({ success: true })])
    expect(of('llm:tool-result')).toMatchObject([{ result }])
    const questions = of('approval:request')
    expect(questions.filter(({ form }) => form === undefined)).toHaveLength(ASKED.includes(tool) ? 1 : 0)
    expect(questions.filter(({ form }) => form !== undefined)).toHaveLength(tool in ANSWERS ? 1 : 0)
    expect(of('run:complete')).toMatchObject([{ finishReason: 'stop' }])
    // The model is told the same.
    expect(script.requests).toHaveLength(2)
    expect(JSON.stringify(script.requests[1]?.messages)).toContain(`everything__${tool}`)
  })

  test('there is no other', () => {
    expect(agent.mcp?.tools().map((tool) => tool.name.replace('everything__', ''))).toEqual(
      expect.arrayContaining(CASES.map(([tool]) => tool)),
    )
    expect(agent.mcp?.tools()).toHaveLength(CASES.length)
  })

  test('what a tool made is a file of the session', async () => {
    const args = { name: 'a.gz', data: 'data:text/plain,hello', outputType: 'resource' }
    script = scriptedModel([{ call: 'everything__gzip-file-as-resource', args }], [{ say: 'Done.' }])
    const { toolCalls } = await agent.generate('Pack it.', { sessionId: (await agent.createSession({ title: 'Files' })).id })
    const url = /\/api\/files\/([\w-]+)/.exec(JSON.stringify(toolCalls))?.[1] ?? ''
    const kept = await agent.getFile(url)
    expect(gunzipSync(kept?.data ?? Buffer.alloc(0)).toString()).toBe('hello')
  })
})
