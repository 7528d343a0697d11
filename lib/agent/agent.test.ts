import { afterEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { AppError, newId, type RillEvent, textOf } from '#lib/protocol/index.ts'
import { tool } from '#lib/tools/index.ts'
import { type AgentOptions, DextoAgent } from './agent.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import { type Action, scriptedModel } from './testing/scripted-model.ts'

const agents: DextoAgent[] = []
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()))
})

const retry = { maxAttempts: 3, baseMs: 1 }

async function startAgent(calls: Action[][], options: Partial<AgentOptions> = {}) {
  const model = scriptedModel(...calls)
  const store = createMemoryStore()
  const agent = new DextoAgent({ llm: model, store, retry, ...options })
  agents.push(agent)
  await agent.start()
  // With a title of its own, no model call goes to naming it.
  const session = await agent.createSession({ title: 'Test' })
  return { agent, model, store, session, sessionId: session.id }
}

async function all(events: AsyncIterable<RillEvent>): Promise<RillEvent[]> {
  const seen: RillEvent[] = []
  for await (const event of events) seen.push(event)
  return seen
}

const typesOf = (events: RillEvent[]) => events.map((event) => event.type)
const textIn = (events: RillEvent[]) => events.map((event) => (event.type === 'llm:chunk' ? event.content : '')).join('')

describe('what the reference page shows', () => {
  test('text arrives as chunks, then the response with the same text and its usage, then the end', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'Quantum ' }, { say: 'computing.' }]])
    const events = await all(await agent.stream('Explain', { sessionId }))
    expect(typesOf(events).filter((type) => type !== 'llm:chunk')).toEqual([
      'message:created',
      'run:started',
      'llm:thinking',
      'llm:response',
      'run:complete',
    ])
    expect(textIn(events)).toBe('Quantum computing.')
    const response = events.find((event) => event.type === 'llm:response')
    expect(response).toMatchObject({ content: 'Quantum computing.', sessionId, finishReason: 'stop', usage: { totalTokens: 15 } })
  })

  test('a tool call and its result are events, step after step until the model is done', async () => {
    const { agent, model, sessionId } = await startAgent([
      [{ say: 'Let me see. ' }, { call: 'calculator', args: { expression: '0.1+0.2' } }],
      [{ say: 'It is 0.3.' }],
    ])
    const events = await all(await agent.stream('What is 0.1+0.2?', { sessionId }))
    expect(events.find((event) => event.type === 'llm:tool-call')).toMatchObject({
      toolName: 'calculator',
      args: { expression: '0.1+0.2' },
    })
    expect(events.find((event) => event.type === 'llm:tool-result')).toMatchObject({
      toolName: 'calculator',
      success: true,
      result: { result: '0.3' },
    })
    expect(events.find((event) => event.type === 'llm:response')).toMatchObject({
      content: 'Let me see. It is 0.3.',
      usage: { totalTokens: 30 },
    })
    expect(model.requests[1]?.messages.at(-1)?.parts).toMatchObject([{ type: 'text' }, { type: 'tool', status: 'completed' }])
  })

  test('the express sample: without a session one is made, and its id is said', async () => {
    const { agent } = await startAgent([[{ say: 'Hi' }]])
    const events = await all(await agent.stream('Hello', { sessionId: undefined }))
    expect(events[0]?.type).toBe('session:created')
    expect(new Set(events.map((event) => event.sessionId)).size).toBe(1)
    expect(await agent.getSession(events[0]?.sessionId ?? '')).toMatchObject({ id: events[0]?.sessionId })
  })

  test('a stream that fails throws an error with a message; generate then gives the answer', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'half' }, { fail: 'provider-auth', recoverable: false }], [{ say: 'whole' }]])
    const seen: RillEvent[] = []
    const failure = await (async () => {
      for await (const event of await agent.stream('Hello', { sessionId })) seen.push(event)
    })().catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(AppError)
    expect(failure).toMatchObject({ code: 'provider-auth', message: 'The script failed.' })
    expect(typesOf(seen).slice(-2)).toEqual(['llm:error', 'run:complete'])
    expect(textIn(seen)).toBe('half')
    expect(await agent.generate('Hello', { sessionId })).toMatchObject({ content: 'whole', finishReason: 'stop', toolCalls: [], sessionId })
  })
})

describe('runs', () => {
  test('a provider that there is not is refused at once', () => {
    const make = () => new DextoAgent({ llm: { provider: 'nobody' as 'openai', model: 'x', apiKey: process.env.NOT_SET } })
    expect(make).toThrow(expect.objectContaining({ code: 'config-invalid' }))
    expect(make).toThrow(/"nobody".*openai/)
  })

  test('calls before start, and of unknown sessions, throw typed errors', async () => {
    const agent = new DextoAgent({ llm: scriptedModel([]) })
    await expect(agent.createSession()).rejects.toMatchObject({ code: 'not-started' })
    await expect(agent.stream('x')).rejects.toMatchObject({ code: 'not-started' })
    const { agent: started } = await startAgent([[]])
    await expect(started.stream('x', { sessionId: newId() })).rejects.toMatchObject({ code: 'session-not-found' })
    await expect(started.getSession(newId())).rejects.toMatchObject({ code: 'session-not-found' })
    await expect(started.deleteSession(newId())).rejects.toMatchObject({ code: 'session-not-found' })
  })

  test.each([undefined, 5, '', ' \n'])('%j is no message', async (text) => {
    const { agent, sessionId } = await startAgent([[{ say: 'x' }]])
    await expect(agent.stream(text as string, { sessionId })).rejects.toMatchObject({ code: 'invalid-request', field: 'text' })
    expect(await agent.generate('a\0\ud800', { sessionId })).toMatchObject({ content: 'x' })
  })

  test('leaving the loop early leaves the run going', async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'one' }, { say: ' two' }]])
    for await (const event of await agent.stream('Count', { sessionId })) if (event.type === 'llm:chunk') break
    await vi.waitFor(async () => expect((await store.snapshot(sessionId))?.messages.length).toBe(2))
    expect(textOf((await store.snapshot(sessionId))?.messages[1]?.parts ?? [])).toBe('one two')
  })

  test.each(['signal', 'cancel'] as const)('stopped by %s: the caller still gets the response and the end', async (way) => {
    const { agent, model, sessionId } = await startAgent([[{ say: 'partial' }, { hang: true }], [{ say: 'next' }]])
    const stop = new AbortController()
    const seen: RillEvent[] = []
    for await (const event of await agent.stream('Go', { sessionId, ...(way === 'signal' && { signal: stop.signal }) })) {
      seen.push(event)
      if (event.type !== 'llm:chunk') continue
      if (way === 'signal') stop.abort()
      else await agent.cancel(sessionId)
    }
    expect(seen.find((event) => event.type === 'llm:response')).toMatchObject({ content: 'partial', finishReason: 'cancelled' })
    expect(seen.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    expect(model.aborted).toBe(1)
    expect(await agent.cancel(sessionId)).toBe(false)
    expect(await agent.generate('And now?', { sessionId })).toMatchObject({ content: 'next' })
  })

  test('a busy session answers in turn', async () => {
    const gate = Promise.withResolvers<void>()
    const { agent, model, sessionId } = await startAgent([
      [{ until: gate.promise }, { say: 'first' }],
      [{ say: 'second' }],
      [{ say: 'third' }],
    ])
    const answers = await Promise.all([
      agent.stream('1', { sessionId }),
      agent.stream('2', { sessionId }),
      agent.stream('3', { sessionId }),
    ])
    const order: string[] = []
    const reading = answers.map(async (events) => order.push(textIn(await all(events))))
    gate.resolve()
    await Promise.all(reading)
    expect(order).toEqual(['first', 'second', 'third'])
    expect(model.requests[2]?.messages.map((message) => textOf(message.parts))).toEqual(['1', 'first', '2', 'second', '3', ''])
  })

  test('listeners get events, harm nobody when they throw, and leave when asked', async () => {
    const report = vi.spyOn(console, 'error').mockImplementation(() => {})
    const { agent, sessionId } = await startAgent([[{ say: 'x' }]])
    const heard: string[] = []
    const onChunk = () => {
      heard.push('on')
    }
    agent.on('llm:chunk', () => {
      throw new Error('listener')
    })
    agent.on('llm:chunk', onChunk).once('llm:chunk', () => heard.push('once'))
    agent.on('llm:chunk', async () => Promise.reject(new Error('async listener')))
    await agent.generate('1', { sessionId })
    await agent.generate('2', { sessionId })
    agent.off('llm:chunk', onChunk)
    await agent.generate('3', { sessionId })
    expect(heard).toEqual(['on', 'once', 'on'])
    expect(report).toHaveBeenCalledTimes(6)
    report.mockRestore()
  })

  test("what a listener or a reader writes to an event is nobody else's", async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'Hi' }]])
    agent.on('llm:response', (event) => {
      event.content = 'changed'
    })
    for await (const event of await agent.stream('Hello', { sessionId })) if (event.type === 'llm:chunk') event.content = 'changed'
    const log = await store.log.read(sessionId, 0, 100)
    expect(log.map(({ event }) => event).filter((event) => 'content' in event)).toMatchObject([{ content: 'Hi' }, { content: 'Hi' }])
    expect(textOf((await store.snapshot(sessionId))?.messages[1]?.parts ?? [])).toBe('Hi')
  })

  test('one that is stopped while it waits ends at once, and was never said', async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'Hi' }, { hang: true }]])
    const first = await agent.stream('one', { sessionId })
    const stop = new AbortController()
    const waiting = await agent.stream('two', { sessionId, signal: stop.signal })
    stop.abort()
    expect(typesOf(await all(waiting))).toEqual(['message:created', 'message:queued', 'message:removed', 'llm:response', 'run:complete'])
    await agent.cancel(sessionId)
    await all(first)
    expect((await store.snapshot(sessionId))?.messages).toHaveLength(2)
  })

  test('an answer that does not end is cut off at the most that one may have', async () => {
    const limits = { characters: 100 }
    const { agent, sessionId } = await startAgent([Array.from({ length: 50 }, () => ({ say: 'ten chars.' }))], { limits })
    const answer = await agent.generate('Hello', { sessionId })
    expect(answer).toMatchObject({ finishReason: 'length', content: 'ten chars.'.repeat(11) })
  })

  test('a session gets a title after the first exchange', async () => {
    const { agent } = await startAgent([[{ say: 'Because of Rayleigh scattering.' }], [{ say: '"Why the sky is blue."' }]])
    const { id: sessionId } = await agent.createSession()
    await agent.generate('Why is the sky blue?', { sessionId })
    await vi.waitFor(async () => expect((await agent.getSession(sessionId)).title).toBe('Why the sky is blue'))
  })

  test('the same message id is one message and one run', async () => {
    const { agent, store, sessionId } = await startAgent([[{ say: 'x' }]])
    const messageId = newId()
    const accepted = await Promise.all(Array.from({ length: 5 }, () => agent.send({ sessionId, text: 'once', messageId })))
    expect(new Set(accepted.map((one) => one.runId)).size).toBe(1)
    await vi.waitFor(async () => expect((await store.snapshot(sessionId))?.activeRun).toBeNull())
    expect((await store.snapshot(sessionId))?.messages.length).toBe(2)
  })
})

describe('retries', () => {
  test('a failure that may pass is tried again; what was shown stays until new text takes its place', async () => {
    const { agent, model, store, sessionId } = await startAgent([
      [{ say: 'brok' }, { fail: 'provider-cut' }],
      [{ fail: 'provider-unavailable' }],
      [{ say: 'whole' }],
    ])
    const events = await all(await agent.stream('x', { sessionId }))
    expect(events.filter((event) => event.type === 'llm:retrying')).toMatchObject([
      { attempt: 2, maxAttempts: 3, discard: false, error: { code: 'provider-cut' } },
      { attempt: 3, discard: false, error: { code: 'provider-unavailable' } },
      { attempt: 3, discard: true, waitMs: 0 },
    ])
    expect(events.find((event) => event.type === 'llm:response')).toMatchObject({ content: 'whole' })
    expect(textOf((await store.snapshot(sessionId))?.messages[1]?.parts ?? [])).toBe('whole')
    expect(model.requests.length).toBe(3)
  })

  test('a provider that never comes back costs the reader nothing', async () => {
    const { agent, model, store, sessionId } = await startAgent([
      [{ say: 'shown' }, { fail: 'provider-cut' }],
      [{ fail: 'provider-unreachable' }],
    ])
    await expect(agent.generate('x', { sessionId })).rejects.toMatchObject({ code: 'provider-unreachable' })
    expect(model.requests.length).toBe(3)
    const answer = (await store.snapshot(sessionId))?.messages[1]
    expect(answer).toMatchObject({
      finishReason: 'error',
      error: { code: 'provider-unreachable' },
      parts: [{ type: 'text', text: 'shown' }],
    })
  })

  test('the wait is the one that the provider asked for, and Stop cancels it', async () => {
    const { agent, model, sessionId } = await startAgent([[{ fail: 'provider-rate-limited', retryAfterMs: 50_000 }]])
    const seen: RillEvent[] = []
    for await (const event of await agent.stream('x', { sessionId })) {
      seen.push(event)
      if (event.type === 'llm:retrying') await agent.cancel(sessionId)
    }
    expect(seen.find((event) => event.type === 'llm:retrying')).toMatchObject({ waitMs: 50_000 })
    expect(seen.at(-1)).toMatchObject({ finishReason: 'cancelled' })
    expect(model.requests.length).toBe(1)
  })

  test('what cannot pass is not tried again', async () => {
    const { agent, model, sessionId } = await startAgent([[{ fail: 'provider-context-too-long', recoverable: false }]])
    await expect(agent.generate('x', { sessionId })).rejects.toMatchObject({ code: 'provider-context-too-long' })
    expect(model.requests.length).toBe(1)
  })

  test.each(['length', 'content-filter'] as const)('the ending %s is told apart', async (finishReason) => {
    const { agent, sessionId } = await startAgent([[{ say: 'part' }, { finish: finishReason }]])
    expect(await agent.generate('x', { sessionId })).toMatchObject({ content: 'part', finishReason })
  })

  test('an empty answer is an answer', async () => {
    const { agent, sessionId } = await startAgent([[]])
    expect(await agent.generate('x', { sessionId })).toMatchObject({ content: '', finishReason: 'stop' })
  })
})

describe('tools', () => {
  const calls: unknown[] = []
  const note = tool({
    name: 'note',
    description: 'Notes.',
    inputSchema: z.object({ text: z.string() }),
    execute: ({ text }) => calls.push(text),
  })
  const slow = tool({ name: 'slow', description: 'Hangs.', inputSchema: z.object({}), timeoutMs: 20, execute: () => new Promise(() => {}) })
  const failing = tool({
    name: 'failing',
    description: 'Fails.',
    inputSchema: z.object({}),
    execute: () => Promise.reject(new Error('No luck.')),
  })
  const large = tool({
    name: 'large',
    description: 'Large.',
    inputSchema: z.object({}),
    execute: () => ({ big: 10n, text: 'x'.repeat(300_000) }),
  })
  const tools = [note, slow, failing, large]

  async function resultsOf(actions: Action[]) {
    calls.length = 0
    const { agent, sessionId } = await startAgent([actions, [{ say: 'done' }]], { tools })
    return (await agent.generate('x', { sessionId })).toolCalls
  }

  test('what a tool throws, its deadline, invalid arguments and unknown names are told to the model; the run goes on', async () => {
    const results = await resultsOf([
      { call: 'failing', args: {} },
      { call: 'slow', args: {} },
      { call: 'note', args: { text: 5 } },
      { call: 'note', args: '{"text": "cu', id: 'cut' },
      { call: 'nothing', args: {} },
    ])
    expect(results.every((result) => result.success === false)).toBe(true)
    const errors = Object.fromEntries(results.map((result) => [result.callId, result.error]))
    expect(errors['call-failing']).toBe('No luck.')
    expect(errors['call-slow']).toContain('did not finish within 0.02 s')
    expect(errors['call-note']).toContain('not valid and nothing was run')
    expect(errors.cut).toContain('not valid and nothing was run')
    expect(errors['call-nothing']).toContain('There is no tool "nothing"')
    expect(calls).toEqual([])
  })

  test.each([
    ['no prototype', Object.create(null), 'The tool failed.'],
    ['a message that is no text', Object.assign(new Error(), { message: 404 }), '404'],
    ['nothing', undefined, 'The tool failed, and did not say why.'],
  ])('what is thrown may have %s', async (_name, thrown, error) => {
    const odd = tool({ name: 'odd', description: 'Odd.', inputSchema: z.object({}), execute: () => Promise.reject(thrown) })
    const { agent, sessionId } = await startAgent([[{ call: 'odd', args: {} }], [{ say: 'done' }]], { tools: [odd] })
    expect(await agent.generate('x', { sessionId })).toMatchObject({ content: 'done', toolCalls: [{ success: false, error }] })
  })

  test('a tool may be given as its definition alone', async () => {
    const double = {
      name: 'double',
      description: 'Doubles.',
      inputSchema: z.object({ of: z.number() }),
      execute: (input: unknown) => input,
    }
    const { agent, sessionId, model } = await startAgent([[{ call: 'double', args: { of: 2, and: 3 } }], [{ say: 'done' }]], {
      tools: [double],
    })
    expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([{ success: true, result: { of: 2 } }])
    expect(model.requests[0]?.tools.at(-1)).toMatchObject({ name: 'double', inputSchema: { type: 'object', required: ['of'] } })
    expect(() => new DextoAgent({ llm: model, tools: [{ ...double, name: 'no name' }] })).toThrow(/"no name"/)
  })

  test('a call without arguments runs, unless the answer was cut before they came', async () => {
    const bare = { call: 'failing', args: '' }
    expect(await resultsOf([bare])).toMatchObject([{ error: 'No luck.' }])
    expect(await resultsOf([bare, { finish: 'length' }])).toMatchObject([{ error: expect.stringContaining('nothing was run') }])
  })

  test('a result that is too large is cut, with a marker', async () => {
    const [result] = await resultsOf([{ call: 'large', args: {} }])
    expect(String(result?.result).length).toBeLessThan(257_000)
    expect(String(result?.result)).toContain('[cut: the result was 300')
  })

  test('200 calls of one step all run, at most eight at a time, each once', async () => {
    let running = 0
    let most = 0
    const seen: number[] = []
    const counted = tool({
      name: 'counted',
      description: 'Counts.',
      inputSchema: z.object({ n: z.number() }),
      async execute({ n }) {
        most = Math.max(most, ++running)
        await new Promise((resolve) => setImmediate(resolve))
        running -= 1
        seen.push(n)
      },
    })
    const actions = Array.from({ length: 200 }, (_, n): Action => ({ call: 'counted', args: { n }, id: `c${n}` }))
    const { agent, sessionId } = await startAgent([actions, [{ say: 'done' }]], { tools: [counted] })
    expect((await agent.generate('x', { sessionId })).toolCalls.filter((call) => call.success).length).toBe(200)
    expect(most).toBe(8)
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, n) => n))
  })

  test('an endless loop is refused at the third equal call, and ends at the cap of steps', async () => {
    const { agent, model, sessionId } = await startAgent([[{ call: 'note', args: { text: 'again' } }]], { tools, limits: { steps: 6 } })
    calls.length = 0
    const events = await all(await agent.stream('x', { sessionId }))
    expect(calls).toEqual(['again', 'again'])
    expect(events.filter((event) => event.type === 'llm:tool-result' && !event.success).length).toBe(4)
    expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'max-steps', stepCount: 6 })
    expect(model.requests.length).toBe(6)
  })

  test('two calls of one step under one id are two calls', async () => {
    const ran: unknown[] = []
    const count = tool({
      name: 'count',
      description: 'Counts.',
      inputSchema: z.object({ n: z.number() }),
      execute: async ({ n }) => ran.push(n),
    })
    const calls: Action[] = [1, 2, 3].map((n) => ({ call: 'count', args: { n }, id: n === 3 ? '' : 'same' }))
    const { agent, sessionId } = await startAgent([calls, [{ say: 'Done.' }]], { tools: [count] })
    const events = await all(await agent.stream('Count', { sessionId }))
    expect(ran.toSorted()).toEqual([1, 2, 3])
    const ids = events.flatMap((event) => (event.type === 'llm:tool-result' ? [event.callId] : []))
    expect(new Set(ids).size).toBe(3)
  })

  test('Stop while a tool runs ends the run at once', async () => {
    const { agent, sessionId } = await startAgent([[{ call: 'hanging', args: {} }]], {
      tools: [{ ...slow, name: 'hanging', timeoutMs: 60_000 }],
    })
    const seen: RillEvent[] = []
    for await (const event of await agent.stream('x', { sessionId })) {
      seen.push(event)
      if (event.type === 'llm:tool-call') await agent.cancel(sessionId)
    }
    expect(seen.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
  })
})

describe('the end of an agent, of a session and of time', () => {
  test('a model that never ends is ended when its time is over', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'the the' }, { hang: true }]], {
      limits: { steps: 3, tokens: 1_000, durationMs: 50 },
    })
    const events = await all(await agent.stream('Go', { sessionId }))
    expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'max-steps' })
    expect(textIn(events)).toBe('the the')
  })

  test('a session that is deleted ends its runs for those who follow them', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'a' }, { hang: true }]])
    const first = all(await agent.stream('one', { sessionId }))
    const second = all(await agent.stream('two', { sessionId }))
    await agent.deleteSession(sessionId)
    for (const events of await Promise.all([first, second])) {
      expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    }
    await expect(agent.getSession(sessionId)).rejects.toMatchObject({ code: 'session-not-found' })
  })

  test('an agent that stops ends what runs and what waits, and does not start again', async () => {
    const { agent, sessionId } = await startAgent([[{ say: 'a' }, { hang: true }]])
    const first = all(await agent.stream('one', { sessionId }))
    const second = all(await agent.stream('two', { sessionId }))
    await agent.stop()
    for (const events of await Promise.all([first, second])) {
      expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'cancelled' })
    }
    await expect(agent.start()).rejects.toMatchObject({ code: 'not-started' })
  })

  test('a signal that aborts while the run is being accepted stops it, and none is listened to after the end', async () => {
    const { agent, sessionId } = await startAgent([[{ until: new Promise((resolve) => setTimeout(resolve, 50)) }, { say: 'done' }]])
    const controller = new AbortController()
    const streaming = agent.stream('one', { sessionId, signal: controller.signal })
    controller.abort()
    expect((await all(await streaming)).at(-1)).toMatchObject({ finishReason: 'cancelled' })
    const kept = new AbortController()
    const removed = vi.spyOn(kept.signal, 'removeEventListener')
    await all(await agent.stream('two', { sessionId, signal: kept.signal }))
    expect(removed).toHaveBeenCalledTimes(1)
  })
})
