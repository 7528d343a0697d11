import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import type { RillEvent } from '#lib/protocol/index.ts'
import { type Tool, type ToolContext, tool } from '#lib/tools/index.ts'
import { DextoAgent } from '../agent.ts'
import { all, next, startAgent } from '../testing/start-agent.ts'

const DONE = [{ say: 'done' }]
const CALL = { call: 'it', args: {} }

function made(execute: (context: ToolContext) => unknown, more: Partial<Tool> = {}): Tool {
  return { ...tool({ name: 'it', description: 'It.', inputSchema: z.object({}), execute: (_, context) => execute(context) }), ...more }
}

/** Runs one call of a tool. */
async function run(given: Tool) {
  const { agent, store, sessionId } = await startAgent([[CALL], DONE], { tools: [given] })
  const events = await all(await agent.stream('x', { sessionId }))
  const result = events.find((event) => event.type === 'llm:tool-result')
  const part = (await store.snapshot(sessionId))?.messages.at(-1)?.parts[0]
  expect(events.at(-1)).toMatchObject({ type: 'run:complete', finishReason: 'stop', stepCount: 2 })
  return { events, result, part }
}

describe('whatever a tool gives, the run goes on', () => {
  const cyclic: Record<string, unknown> = { name: 'loop' }
  cyclic.self = cyclic
  test.each([
    ['nothing', () => undefined, { success: true, result: null }],
    ['a cycle', () => cyclic, { success: true, result: { name: 'loop', self: '[circular]' } }],
    ['a BigInt', () => ({ n: 10n }), { success: true, result: { n: '10' } }],
    ['bytes', () => ({ data: new Uint8Array(5) }), { success: true, result: { data: '[binary, 5 bytes]' } }],
    ['NUL and half a character', () => 'a\0b\ud800', { success: true, result: 'a\ufffdb\ufffd' }],
    ['what is no number', () => [Number.NaN, Number.POSITIVE_INFINITY], { success: true, result: ['NaN', 'Infinity'] }],
    ['an error that is none', () => Promise.reject({ toString: () => 'odd' }), { success: false, error: 'odd' }],
    ['an error that cannot be said', () => Promise.reject(Object.create(null)), { success: false, error: 'The tool failed.' }],
    ['a getter that throws', () => ({ get x() { throw new Error('trap') } }), { success: false, error: 'trap' }], // biome-ignore format: one line a case
  ] as [string, () => unknown, object][])('%s', async (_, execute, expected) => {
    expect((await run(made(execute))).result).toMatchObject(expected)
  })

  test('50 MB are cut at 256 kB, with a marker', async () => {
    const { result } = await run(made(() => 'x'.repeat(50_000_000)))
    expect(String(result?.result)).toHaveLength(256_000 + '\n[cut: the result was 50000000 characters long]'.length)
  })

  test('a deadline ends one that does not listen, and tells one that does', async () => {
    let reason: unknown
    const { result } = await run(
      made(({ signal }) => new Promise(() => signal.addEventListener('abort', () => (reason = signal.reason))), { timeoutMs: 20 }),
    )
    expect(result).toMatchObject({ success: false, error: 'it did not finish within 0.02 s.' })
    expect(reason).toBeInstanceOf(Error)
  })

  test('a result that is not what the tool promised is an error, and says so', async () => {
    const promised = tool({
      name: 'it',
      description: 'It.',
      inputSchema: z.object({}),
      outputSchema: z.object({ n: z.number() }),
      execute: () => ({ n: 'five' }),
    })
    expect((await run(promised)).result).toMatchObject({ success: false, error: expect.stringContaining('it ran, and its result is not') })
    const kept = tool({ ...promised, inputSchema: {type: 'object'}, outputSchema: { type: 'object', required: ['n'] }, execute: () => ({ n: 5 }) }) // biome-ignore format: short
    expect((await run(kept)).result).toMatchObject({ success: true, result: { n: 5 } })
  })
})

describe('progress', () => {
  const shownIn = (events: RillEvent[]) => events.filter((event) => event.type === 'llm:tool-progress')

  test('reaches readers while the tool runs, adds up, and stays with the call', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    const slow = made(async ({ progress }) => {
      progress('one ')
      progress({ done: 1, total: 3 })
      const result = await promise
      progress({ text: 'two', done: 3 })
      return result
    })
    const { agent, store, sessionId } = await startAgent([[CALL], DONE], { tools: [slow] })
    const events = agent.stream('x', { sessionId }).then(all)
    expect(await next(agent, 'llm:tool-progress')).toMatchObject({ text: 'one ', done: 1, total: 3 })
    resolve('ok')
    const seen = await events
    expect(shownIn(seen).length).toBeGreaterThan(1)
    expect(seen.findLastIndex((event) => event.type === 'llm:tool-progress')).toBeLessThan(
      seen.findIndex((event) => event.type === 'llm:tool-result'),
    )
    expect((await store.snapshot(sessionId))?.messages.at(-1)?.parts[0]).toMatchObject({
      status: 'completed',
      progress: { text: 'one two', done: 3, total: 3 },
    })
  })

  test('a flood is a few events, and only so much is shown', async () => {
    const { events, part } = await run(
      made(({ progress }) => {
        for (let n = 0; n < 100_000; n += 1) progress({ text: 'x'.repeat(10), done: n })
      }),
    )
    expect(shownIn(events).length).toBeLessThan(5)
    expect(part).toMatchObject({ progress: { done: 99_999 } })
    if (part?.type !== 'tool' || part.status !== 'completed') throw new Error('The call is not completed.')
    expect(part.progress?.text).toBe(`${'x'.repeat(64_000)}\n[more is not shown]`)
  })

  test('a character that comes in two halves arrives whole; nonsense and what comes too late is not shown', async () => {
    let late: ToolContext | undefined
    const { part } = await run(
      made(async (context) => {
        late = context
        const { progress } = context
        progress('\ud83d')
        await new Promise((resolve) => setTimeout(resolve, 250))
        progress('\ude00')
        for (const odd of [null, 5, { done: Number.NaN }, { text: 5 }]) progress(odd as never)
      }),
    )
    late?.progress('late')
    expect(part).toMatchObject({ progress: { text: '😀' } })
    expect(JSON.stringify(part)).not.toContain('late')
  })
})

test('tools come and go while a run goes on', async () => {
  const added = made(() => 'added')
  const { agent, model, sessionId } = await startAgent([[{ call: 'calculator', args: { expression: '1' } }], [CALL], [CALL], DONE])
  agent.once('llm:tool-call', () => agent.addTool(added))
  agent.on('llm:tool-result', ({ toolName }) => toolName === 'it' && agent.removeTool('it'))
  const { toolCalls } = await agent.generate('x', { sessionId })
  expect(toolCalls.map(({ result, error }) => result ?? error)).toMatchObject([
    {},
    'added',
    expect.stringContaining('There is no tool "it"'),
  ])
  const offered = model.requests.map(({ tools }) => tools.some(({ name }) => name === 'it'))
  expect(offered).toEqual([false, true, false, false])
})

test('a file that a tool saves is found by its URL', async () => {
  const { agent, sessionId } = await startAgent([[CALL], DONE], {
    tools: [made(({ saveFile }) => saveFile({ data: new Uint8Array([1]), mediaType: 'image/png' }))],
  })
  const { toolCalls } = await agent.generate('x', { sessionId })
  const { url } = (toolCalls[0]?.result ?? {}) as { url: string }
  expect(url).toMatch(/^\/api\/files\/[0-9a-f-]{36}$/)
  expect(await agent.getFile(url.split('/').at(-1) as string)).toMatchObject({ mediaType: 'image/png', sessionId })
})

test.each([
  [{ code: 7 }, '{"code":7}'],
  [null, 'The tool failed, and did not say why.'],
  ['out of paper', 'out of paper'],
])('what a tool throws is said in words: %j', async (thrown, error) => {
  const failing = tool({
    name: 'fail',
    description: 'Fails.',
    inputSchema: { type: 'object' },
    execute: () => {
      throw thrown
    },
  })
  const { agent, sessionId } = await startAgent([[{ call: 'fail', args: {} }], [{ say: 'ok' }]], { tools: [failing] })
  expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([{ success: false, error }])
})

test('a program’s functions are not what a model is shown of a result', async () => {
  const odd = tool({ name: 'odd', description: 'Odd.', inputSchema: { type: 'object' }, execute: () => ({ run: () => 1, toJSON: 1 }) })
  const { agent, sessionId } = await startAgent([[{ call: 'odd', args: {} }], [{ say: 'ok' }]], { tools: [odd] })
  expect((await agent.generate('x', { sessionId })).toolCalls).toMatchObject([{ result: { run: '[function]', toJSON: 1 } }])
})

test('an agent whose model is not named is refused before it answers anything', () => {
  expect(() => new DextoAgent({ llm: { provider: 'demo' } as never })).toThrow(/llm\.model is missing/)
})
