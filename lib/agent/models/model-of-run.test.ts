import { afterEach, expect, test } from 'vitest'
import type { RillEvent } from '#lib/protocol/index.ts'
import type { Model } from '#lib/providers/index.ts'
import { type AgentOptions, DextoAgent } from '../agent.ts'
import { createMemoryStore } from '../memory/memory-store.ts'
import { type Action, scriptedModel } from '../testing/scripted-model.ts'

const agents: DextoAgent[] = []
afterEach(async () => {
  await Promise.all(agents.splice(0).map((agent) => agent.stop()))
})

function named(provider: string, model: string, ...calls: Action[][]) {
  return Object.assign(scriptedModel(...calls), { provider, model })
}

async function startAgent(llm: Model, others: Model[], options: Partial<AgentOptions> & { small?: Model } = {}) {
  const { small = null, ...more } = options
  const get = (name: string) => {
    const found = [llm, ...others].find(({ provider, model }) => name === `${provider}/${model}`)
    if (!found) throw new Error(`no ${name}`)
    return found
  }
  const agent = new DextoAgent({ llm, models: { get, small }, store: createMemoryStore(), retry: { maxAttempts: 3, baseMs: 1 }, ...more })
  agents.push(agent)
  await agent.start()
  return agent
}

async function run(agent: DextoAgent, sessionId: string, text = 'Hello'): Promise<RillEvent[]> {
  const seen: RillEvent[] = []
  try {
    for await (const event of await agent.stream(text, { sessionId })) seen.push(event)
  } catch {
    // What a failed run throws stands in its events.
  }
  return seen
}

const who = (events: RillEvent[]) =>
  events.flatMap((event) => (event.type === 'run:started' || event.type === 'llm:response' ? `${event.provider}/${event.model}` : []))

test('the model that was chosen answers the next run, with the whole conversation, and the next choice the one after it', async () => {
  const own = named('openai', 'a', [{ say: 'One' }])
  const other = named('anthropic', 'b', [{ say: 'Two' }])
  const agent = await startAgent(own, [other])
  const { id } = await agent.createSession({ title: 'T' })
  expect(who(await run(agent, id))).toEqual(['openai/a', 'openai/a'])
  await agent.updateSettings(id, { model: 'anthropic/b', reasoningEffort: 'high' })
  expect(who(await run(agent, id))).toEqual(['anthropic/b', 'anthropic/b'])
  expect(other.requests[0]?.reasoningEffort).toBe('high')
  expect(other.requests[0]?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
  await agent.updateSettings(id, { model: null, reasoningEffort: null })
  expect(who(await run(agent, id))).toEqual(['openai/a', 'openai/a'])
  expect(own.requests.map((request) => request.reasoningEffort)).toEqual([undefined, undefined])
})

test('a session may be made with its model; one that is not configured is refused, in both places', async () => {
  const own = named('openai', 'a', [{ say: 'One' }])
  const other = named('anthropic', 'b', [{ say: 'Two' }])
  const agent = await startAgent(own, [other])
  const session = await agent.createSession({ title: 'T', model: 'anthropic/b', reasoningEffort: 'low' })
  expect(session).toMatchObject({ model: 'anthropic/b', reasoningEffort: 'low' })
  expect(who(await run(agent, session.id))[0]).toBe('anthropic/b')
  await expect(agent.createSession({ model: 'nobody/x' })).rejects.toThrow('no nobody/x')
  await expect(agent.updateSettings(session.id, { model: 'nobody/x' })).rejects.toThrow('no nobody/x')
  expect(await agent.getSession(session.id)).toMatchObject({ model: 'anthropic/b' })
})

test('a model that is not configured any more fails the run at once, and says to choose another; then Retry works', async () => {
  const own = named('openai', 'a', [{ say: 'One' }])
  const store = createMemoryStore()
  const first = await startAgent(own, [named('anthropic', 'b', [{ say: 'Two' }])], { store, dispatch: () => undefined })
  const { id } = await first.createSession({ title: 'T', model: 'anthropic/b' })
  const { runId } = await first.send({ sessionId: id, text: 'Hello' })
  const second = await startAgent(own, [], { store, dispatch: () => undefined })
  await second.execute(runId)
  const [entry] = (await store.log.read(id, 0, 100)).filter(({ type }) => type === 'llm:error')
  expect(entry?.event).toMatchObject({
    code: 'provider-model-not-found',
    message: expect.stringMatching(/anthropic\/b is not configured.*Choose another model, then press Retry: the conversation is kept/),
  })
  await second.updateSettings(id, { model: null })
  const again = await second.retry(id)
  await second.execute(again.runId)
  expect((await store.snapshot(id))?.messages.at(-1)).toMatchObject({ provider: 'openai', parts: [{ text: 'One' }] })
})

test('who takes over goes on with the model that began, whatever was chosen meanwhile', async () => {
  const own = named('openai', 'a', [{ say: 'One' }])
  const started = Promise.withResolvers<void>()
  const slow = named('anthropic', 'b', [{ say: 'half' }, { hang: true }])
  const quick = named('anthropic', 'b', [{ say: 'whole' }])
  const store = createMemoryStore()
  const first = await startAgent(own, [slow], { store, dispatch: () => undefined })
  const { id } = await first.createSession({ title: 'T', model: 'anthropic/b' })
  const { runId } = await first.send({ sessionId: id, text: 'Hello' })
  first.on('llm:chunk', () => started.resolve())
  const leave = new AbortController()
  const executing = first.execute(runId, leave.signal)
  await started.promise
  await first.updateSettings(id, { model: 'openai/a' })
  leave.abort()
  expect(await executing).toBe('handed-over')
  const second = await startAgent(own, [quick], { store, dispatch: () => undefined })
  await second.execute(runId)
  const events = (await store.log.read(id, 0, 100)).map(({ event }) => event)
  expect(who(events)).toEqual(['anthropic/b', 'anthropic/b', 'anthropic/b'])
  expect(quick.requests).toHaveLength(1)
})

test('the small model names what another has answered; without one, who answered does', async () => {
  const small = named('openai', 'nano', [{ say: 'A small title' }])
  const own = named('openai', 'a', [{ say: 'One' }])
  const agent = await startAgent(own, [], { small })
  const { id } = await agent.createSession()
  await run(agent, id)
  await agent.settled()
  expect((await agent.getSession(id)).title).toBe('A small title')
  expect(own.requests).toHaveLength(1)

  const other = named('anthropic', 'b', [{ say: 'Two' }], [{ say: 'Its title' }])
  const without = await startAgent(own, [other])
  const session = await without.createSession({ model: 'anthropic/b', reasoningEffort: 'high' })
  await run(without, session.id)
  await without.settled()
  expect((await without.getSession(session.id)).title).toBe('Its title')
  expect(other.requests.map((request) => request.reasoningEffort)).toEqual(['high', undefined])
})

test('an agent with one model has no other', async () => {
  const agent = new DextoAgent({ llm: named('openai', 'a', [{ say: 'One' }]) })
  agents.push(agent)
  await agent.start()
  expect(await agent.createSession({ model: 'openai/a' })).toMatchObject({ model: 'openai/a' })
  await expect(agent.createSession({ model: 'openai/b' })).rejects.toMatchObject({ code: 'invalid-request', field: 'model' })
})

test('an agent with a provider has all of its models', async () => {
  const agent = new DextoAgent({ llm: { provider: 'demo', model: 'demo', tokensPerSecond: 0 } })
  agents.push(agent)
  await agent.start()
  const { id } = await agent.createSession({ title: 'T', model: 'demo/other' })
  expect(who(await run(agent, id))).toEqual(['demo/other', 'demo/other'])
  await expect(agent.createSession({ model: 'openai/b' })).rejects.toMatchObject({ code: 'invalid-request', field: 'model' })
})
