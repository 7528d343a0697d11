import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterEach, expect, test, vi } from 'vitest'
import type { ClaimedRun } from '#lib/agent/index.ts'
import { type Collector, type ReceivedSpan, startCollector } from './testing/collector.ts'
import { CANARY, runOnce } from './testing/run-once.ts'
import { openTraces } from './traces.ts'

const counts = () => ({ chunks: 0 })
const fail = (error: unknown) => {
  throw error
}

afterEach(() => vi.unstubAllEnvs())

const byName = (spans: ReceivedSpan[], name: string) => spans.filter((span) => span.name === name)

async function traced(collector: Collector, env: Record<string, string> = {}, steps?: Parameters<typeof runOnce>[1]) {
  for (const [name, value] of Object.entries({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...env })) vi.stubEnv(name, value)
  const traces = await openTraces(process.env, counts(), fail)
  if (!traces) throw new Error('There are no traces.')
  const ids = await runOnce(traces.observer, steps).catch(() => ({ runId: '', sessionId: '' }))
  await traces.stop()
  return ids
}

test('a run, its steps, their calls and tools arrive with their parents, in a trace that has the run’s id', async () => {
  const collector = await startCollector()
  const { runId, sessionId } = await traced(collector, {
    OTEL_SERVICE_NAME: 'chat-of-mine',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
    OTEL_EXPORTER_OTLP_HEADERS: 'x-key=secret-of-the-collector',
  })
  const { spans } = collector
  expect(spans.map(({ name }) => name).sort()).toEqual([
    'chat script-1',
    'chat script-1',
    'chat script-1',
    'execute_tool broken',
    'execute_tool echo',
    'execute_tool unknown',
    'invoke_agent rill',
    'step 1',
    'step 2',
  ])
  expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([runId.replaceAll('-', '')]))
  for (const { attributes } of spans)
    expect(attributes).toMatchObject({ 'rill.session.id': sessionId, 'rill.run.id': runId, 'rill.run.epoch': 1 })

  const [run] = byName(spans, 'invoke_agent rill')
  const [first, second] = ['step 1', 'step 2'].map((name) => byName(spans, name)[0])
  expect(run?.parentSpanId ?? '').toBe('')
  expect(run?.attributes).toMatchObject({
    'gen_ai.operation.name': 'invoke_agent',
    'gen_ai.conversation.id': sessionId,
    'gen_ai.usage.input_tokens': 20,
    'gen_ai.usage.output_tokens': 10,
    'rill.finish_reason': 'stop',
    'rill.steps': 2,
  })
  expect([first?.parentSpanId, second?.parentSpanId]).toEqual([run?.spanId, run?.spanId])
  expect(first?.events).toMatchObject([{ name: 'rill.retry', attributes: { 'error.type': 'provider-unavailable', 'rill.attempt': 2 } }])

  const calls = byName(spans, 'chat script-1')
  expect(calls.map(({ parentSpanId }) => parentSpanId)).toEqual([first?.spanId, first?.spanId, second?.spanId])
  expect(calls[0]).toMatchObject({ kind: 3, status: { code: 2 }, attributes: { 'error.type': 'provider-unavailable' } })
  expect(calls[1]?.attributes).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'scripted',
    'gen_ai.request.model': 'script-1',
    'gen_ai.response.model': 'script-1',
    'gen_ai.response.finish_reasons': ['tool-calls'],
    'gen_ai.usage.input_tokens': 10,
    'rill.attempt': 2,
  })
  const tools = ['broken', 'echo', 'unknown'].map((name) => byName(spans, `execute_tool ${name}`)[0])
  for (const tool of tools) expect(tool?.parentSpanId).toBe(first?.spanId)
  expect(tools.map((tool) => [tool?.attributes['gen_ai.tool.call.id'], tool?.attributes['error.type'], tool?.status.code ?? 0])).toEqual([
    ['call-1', 'tool-failed', 2],
    ['call-2', undefined, 0],
    ['call-3', 'tool-refused', 2],
  ])

  expect(collector.resource).toMatchObject({ 'service.name': 'chat-of-mine', 'deployment.environment.name': 'test' })
  expect(collector.headers[0]).toMatchObject({ url: '/v1/traces', 'x-key': 'secret-of-the-collector' })
  expect(collector.bodies.join()).not.toContain(CANARY)
  await collector.close()
})

test('the workers that had a run, one after another, are in one trace', async () => {
  const collector = await startCollector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url)
  // Two processes: each has its own.
  for (const epoch of [1, 2]) {
    const traces = await openTraces(process.env, counts(), fail)
    const run = traces?.observer.beginRun({ id: '01a210f0-2591-706c-a55b-6b1d732e5807', sessionId: 's', epoch } as ClaimedRun)
    run?.beginStep(1)
    run?.end({ status: 'handed-over' })
    await traces?.stop()
  }
  const runs = byName(collector.spans, 'invoke_agent rill')
  expect(runs.map(({ traceId, attributes }) => [traceId, attributes['rill.run.epoch'], attributes['rill.finish_reason']])).toEqual([
    ['01a210f02591706ca55b6b1d732e5807', 1, 'handed-over'],
    ['01a210f02591706ca55b6b1d732e5807', 2, 'handed-over'],
  ])
  expect(byName(collector.spans, 'step 1').map(({ parentSpanId }) => parentSpanId)).toEqual(runs.map(({ spanId }) => spanId))
  await collector.close()
})

test('a run that fails says why, by our code', async () => {
  const collector = await startCollector()
  await traced(collector, {}, [[{ fail: 'provider-auth', recoverable: false }]])
  for (const name of ['invoke_agent rill', 'step 1', 'chat script-1'])
    expect(byName(collector.spans, name)).toMatchObject([{ status: { code: 2, message: 'provider-auth' } }])
  expect(collector.resource).toMatchObject({ 'service.name': 'rill' })
  await collector.close()
})

test('the sampler is the one that OpenTelemetry’s variables name', async () => {
  const collector = await startCollector()
  await traced(collector, { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' })
  expect(collector.spans).toEqual([])
  await traced(collector, { OTEL_TRACES_SAMPLER: 'always_on' })
  expect(collector.spans).toHaveLength(9)
  await collector.close()
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'sometimes')
  await expect(openTraces(process.env, counts(), fail)).rejects.toMatchObject({
    code: 'config-invalid',
    message: expect.stringContaining('OTEL_TRACES_SAMPLER: must be'),
  })
})

test('a collector that cannot be reached harms no run, and is told of once', async () => {
  const gone = await startCollector()
  await gone.close()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', gone.url)
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '500')
  const told = vi.fn()
  const traces = await openTraces(process.env, counts(), told)
  if (!traces) throw new Error('There are no traces.')
  for (let run = 0; run < 3; run += 1) {
    await runOnce(traces.observer)
    await traces.flush()
  }
  await traces.stop()
  expect(told).toHaveBeenCalledTimes(1)
  expect(told.mock.calls[0]?.[0]).toMatch(/^The collector of OTEL_EXPORTER_OTLP_ENDPOINT takes no spans/)
})

test('what is ended is sent before a freeze; a collector that hangs holds nothing up', async () => {
  const collector = await startCollector()
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', collector.url)
  const traces = await openTraces(process.env, counts(), fail)
  if (!traces) throw new Error('There are no traces.')
  await runOnce(traces.observer)
  await traces.flush()
  expect(collector.spans).toHaveLength(9)
  collector.hang()
  await runOnce(traces.observer)
  await traces.flush()
  await traces.stop()
  expect(collector.spans).toHaveLength(9)
  await collector.close()
})

test('nothing of OpenTelemetry’s SDK is loaded unless a collector is named', () => {
  const loaded = (env: Record<string, string>) => {
    const script = join(import.meta.dirname, 'testing', 'loaded-modules.ts')
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--conditions=react-server', script], {
      env: { PATH: process.env.PATH, NODE_ENV: 'test', ...env },
      encoding: 'utf8',
    })
    expect(stderr + String(status)).toMatch(/0$/)
    return JSON.parse(stdout) as string[]
  }
  expect(loaded({})).toEqual([])
  expect(loaded({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_SDK_DISABLED: 'true' })).toEqual([])
  expect(loaded({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:1' })).toEqual(
    expect.arrayContaining(['exporter-trace-otlp-http', 'sdk-trace']),
  )
})
