import { expect, test, vi } from 'vitest'
import { DextoAgent } from './agent.ts'
import type { Ending, Observer } from './observer.ts'
import { type Action, scriptedModel } from './testing/scripted-model.ts'

const FAST_RETRY = { baseMs: 1 }
const broken = { name: 'broken', description: 'Fails.', inputSchema: { type: 'object' }, execute: () => Promise.reject(new Error('no')) }

/** Writes down what it is told. */
function recorder() {
  const told: string[] = []
  const ending = (name: string): Ending<{ status: string }> => ({ end: ({ status }) => told.push(`${name} ${status}`) })
  const observer: Observer = {
    counts: { chunks: 0 },
    beginRun(run) {
      told.push(`run ${run.epoch}`)
      return {
        beginStep: (step) => told.push(`step ${step}`),
        beginModelCall({ model, attempt }) {
          told.push(`call ${model.model} ${attempt}`)
          return {
            end: (end) =>
              told.push(
                `call ${end.status} ${end.status === 'answered' ? `${end.finishReason} ${end.usage.totalTokens}` : end.error.code}`,
              ),
          }
        },
        retry: ({ attempt, error }) => told.push(`retry ${attempt} ${error.code}`),
        beginToolCall({ toolName, isKnown }) {
          told.push(`tool ${toolName}${isKnown ? '' : '?'}`)
          return ending('tool')
        },
        end: (end) =>
          told.push(`run ${end.status}${end.status === 'over' ? ` ${end.finishReason} ${end.steps} ${end.usage.totalTokens}` : ''}`),
      }
    },
  }
  return { told, observer }
}

async function answer(observer: Observer, ...calls: Action[][]) {
  const agent = new DextoAgent({ llm: scriptedModel(...calls), tools: [broken], retry: FAST_RETRY, observer })
  await agent.start()
  const result = await agent.generate('Hello').finally(() => agent.stop())
  return result
}

test('a run is told from its beginning to its end: each step, call, retry and tool', async () => {
  const { told, observer } = recorder()
  await answer(
    observer,
    [{ fail: 'provider-unavailable' }],
    [
      { say: 'Let me see. ' },
      { call: 'broken', args: {}, id: 'a' },
      { call: 'made-up', args: {}, id: 'b' },
      { call: 'calculator', args: { expression: '1+1' }, id: 'c' },
    ],
    [{ say: 'Two.' }],
  )
  expect(told.filter((line) => !line.startsWith('tool'))).toEqual([
    'run 1',
    'step 1',
    'call script-1 1',
    'call failed provider-unavailable',
    'retry 2 provider-unavailable',
    'call script-1 2',
    'call answered tool-calls 15',
    'step 2',
    'call script-1 1',
    'call answered stop 15',
    'run over stop 2 30',
  ])
  expect(told.filter((line) => line.startsWith('tool')).sort()).toEqual(
    ['tool broken', 'tool failed', 'tool made-up?', 'tool refused', 'tool calculator', 'tool completed'].sort(),
  )
  // Two of text, and the arguments of three calls.
  expect(observer.counts.chunks).toBe(5)
})

test('a run that is stopped says so, and ends once', async () => {
  const { told, observer } = recorder()
  const agent = new DextoAgent({ llm: scriptedModel([{ say: 'Well' }, { hang: true }]), observer })
  await agent.start()
  const session = await agent.createSession()
  for await (const event of await agent.stream('Hello', { sessionId: session.id })) {
    if (event.type === 'llm:chunk') await agent.cancel(session.id)
  }
  await agent.stop()
  expect(told).toEqual(['run 1', 'step 1', 'call script-1 1', 'call failed cancelled', 'run over cancelled 1 0'])
})

test.each(['beginRun', 'beginStep', 'beginModelCall', 'retry', 'beginToolCall', 'end'] as const)(
  'an observer that throws in %s harms no run, and is told of',
  async (where) => {
    const onError = vi.fn()
    const { observer } = recorder()
    const fail = () => {
      throw new Error('The observer is broken.')
    }
    const throwing: Observer =
      where === 'beginRun'
        ? { ...observer, beginRun: fail }
        : { ...observer, beginRun: (run) => ({ ...observer.beginRun(run), [where]: fail }) }
    const calls: Action[][] = [[{ fail: 'provider-unavailable' }], [{ call: 'broken', args: {} }], [{ say: 'Done.' }]]
    const agent = new DextoAgent({ llm: scriptedModel(...calls), tools: [broken], retry: FAST_RETRY, observer: throwing, onError })
    await agent.start()
    expect(await agent.generate('Hello')).toMatchObject({ content: 'Done.', finishReason: 'stop' })
    await agent.stop()
    expect(onError).toHaveBeenCalledWith('An observer threw:', expect.objectContaining({ message: 'The observer is broken.' }))
  },
)
