import { expect, test, vi } from 'vitest'
import { createMemoryStore, DextoAgent, type Observer } from '#lib/agent/index.ts'
import { scriptedModel } from '#lib/agent/testing/scripted-model.ts'
import { createMetrics } from './metrics.ts'
import { parseExposition, valueIn } from './testing/exposition.ts'
import { CANARY, runOnce } from './testing/run-once.ts'

const open = (countRuns: () => Promise<Record<string, number>> = async () => ({ queued: 2, pending: 1, running: 3, waiting: 4 })) => {
  const onError = vi.fn()
  return { metrics: createMetrics({ countRuns, counts: { chunks: 0 }, onError }), onError }
}

test('what a title used is counted', async () => {
  const { metrics } = open()
  const agent = new DextoAgent({
    llm: scriptedModel([{ say: 'Well' }], [{ say: 'A greeting' }]),
    store: createMemoryStore(),
    observer: metrics.observer,
  })
  await agent.start()
  const { id: sessionId } = await agent.createSession()
  for await (const _ of await agent.stream('Hello', { sessionId }));
  await agent.settled()
  expect((await agent.getSession(sessionId)).title).toBe('A greeting')
  const after = parseExposition(await metrics.read())
  expect(valueIn(after, 'rill_tokens_total', { provider: 'scripted', model: 'script-1', kind: 'input' })).toBe(20)
  expect(valueIn(after, 'rill_model_call_duration_seconds_count', { provider: 'scripted', model: 'script-1' })).toBe(1)
  await agent.stop()
})

test('metrics move as runs happen', async () => {
  const { metrics } = open()
  const before = parseExposition(await metrics.read())
  expect(valueIn(before, 'rill_chunks_total')).toBe(0)
  const agent = new DextoAgent({
    llm: scriptedModel([{ say: 'Well' }, { hang: true }]),
    store: createMemoryStore(),
    observer: metrics.observer,
  })
  await agent.start()
  const { id: sessionId } = await agent.createSession({ title: 'Test' })
  for await (const event of await agent.stream('Hello', { sessionId })) {
    if (event.type !== 'llm:chunk') continue
    const during = parseExposition(await metrics.read())
    expect([valueIn(during, 'rill_runs_active'), valueIn(during, 'rill_chunks_total')]).toEqual([1, 1])
    await agent.cancel(sessionId)
  }
  await agent.stop()
  await runOnce(metrics.observer)
  await expect(runOnce(metrics.observer, [[{ fail: 'provider-auth', recoverable: false }]])).rejects.toMatchObject({
    code: 'provider-auth',
  })
  metrics.log.followers = 7
  metrics.lists.followers = 3
  metrics.log.committed(5, 3)

  const text = await metrics.read()
  const after = parseExposition(text)
  const value = (name: string, labels?: Record<string, string>) => valueIn(after, name, labels)
  expect(value('rill_runs_active')).toBe(0)
  expect(['cancelled', 'stop', 'error'].map((finish_reason) => value('rill_runs_finished_total', { finish_reason }))).toEqual([1, 1, 1])
  expect(value('rill_run_duration_seconds_count')).toBe(3)
  expect(value('rill_chunks_total')).toBe(6)
  const model = { provider: 'scripted', model: 'script-1' }
  expect(['input', 'output'].map((kind) => value('rill_tokens_total', { ...model, kind }))).toEqual([20, 10])
  expect(value('rill_model_call_duration_seconds_count', model)).toBe(5)
  expect(value('rill_model_call_failures_total', { ...model, code: 'provider-auth' })).toBe(1)
  expect(value('rill_model_retries_total')).toBe(1)
  expect(
    ['broken', 'echo', 'other'].map((tool) => [value('rill_tool_calls_total', { tool }), value('rill_tool_failures_total', { tool })]),
  ).toEqual([
    [1, 1],
    [1, 0],
    [1, 1],
  ])
  expect(value('rill_followers')).toBe(7)
  expect(value('rill_list_followers')).toBe(3)
  expect([value('rill_commit_duration_seconds_count'), value('rill_commit_duration_seconds_sum'), value('rill_commit_events_sum')]).toEqual(
    [1, 0.003, 5],
  )
  expect(['queued', 'pending', 'running', 'waiting'].map((status) => value('rill_runs', { status }))).toEqual([2, 1, 3, 4])
  for (const name of ['process_resident_memory_bytes', 'process_cpu_seconds_total', 'nodejs_eventloop_lag_seconds'])
    expect(after.some((sample) => sample.name === name)).toBe(true)
  expect(text).not.toContain(CANARY)
})

test('metrics answer while the database is away, without what it knows', async () => {
  const { metrics, onError } = open(() => Promise.reject(new Error('away')))
  const samples = parseExposition(await metrics.read())
  expect(valueIn(samples, 'rill_database_up')).toBe(0)
  expect(samples.some(({ name }) => name === 'rill_runs')).toBe(false)
  expect(onError).toHaveBeenCalledTimes(1)
})

test('names beyond a hundred are one label', async () => {
  const { metrics } = open()
  const run = metrics.observer.beginRun({ epoch: 2 } as Parameters<Observer['beginRun']>[0])
  for (let index = 0; index < 150; index += 1)
    run.beginToolCall({ callId: 'c', toolName: `tool-${index}`, isKnown: true, args: {} }).end({ status: 'completed', result: null })
  const samples = parseExposition(await metrics.read()).filter(({ name }) => name === 'rill_tool_calls_total')
  expect(samples).toHaveLength(101)
  expect(valueIn(samples, 'rill_tool_calls_total', { tool: 'other' })).toBe(50)
})
