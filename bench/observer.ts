import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { DextoAgent, type Observer, observeAll } from '../lib/agent/index.ts'
import { logRuns } from '../lib/observe/log-runs.ts'
import { createMetrics } from '../lib/observe/metrics.ts'
import { openTraces } from '../lib/observe/traces.ts'
import type { Model } from '../lib/providers/index.ts'

/**
 * What an observer costs a chunk: the same answers with none, and with metrics, log and traces. A round of each in turn.
 * node --experimental-strip-types --conditions=react-server bench/observer.ts [chunks] [rounds]
 */
const [chunks = 50_000, rounds = 15] = process.argv.slice(2).map(Number)

const model: Model = {
  provider: 'bench',
  model: 'bench-1',
  async *stream() {
    for (let count = 0; count < chunks; count += 1) yield { type: 'text', delta: 'token ' }
    yield { type: 'finish', finishReason: 'stop', usage: { inputTokens: 1, outputTokens: chunks, totalTokens: chunks + 1 } }
  },
}

/** ns a chunk, from the model to the committed log in memory. */
async function measure(observer: Observer | undefined): Promise<number> {
  const agent = new DextoAgent({ llm: model, ...(observer && { observer }) })
  await agent.start()
  const { id: sessionId } = await agent.createSession({ title: 'Bench' })
  globalThis.gc?.()
  const began = process.hrtime.bigint()
  for await (const event of await agent.stream('Go', { sessionId })) if (event.type === 'run:complete') break
  const took = Number(process.hrtime.bigint() - began)
  await agent.stop()
  return took / chunks
}

const collector = createServer((request, response) => request.resume().on('end', () => response.end('{}')))
await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve))
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`

const counts = { chunks: 0 }
const traces = await openTraces(process.env, counts, console.error)
if (!traces) throw new Error('There are no traces.')
const metrics = createMetrics({ countRuns: async () => ({}), counts, onError: console.error })
const log = logRuns(pino({}, { write() {} }), counts, false)
const all = observeAll([metrics.observer, log, traces.observer], console.error, counts)

const off: number[] = []
const on: number[] = []
for (let round = -2; round < rounds; round += 1) {
  const pair = [await measure(undefined), await measure(all)] as const
  // The first two warm up.
  if (round < 0) continue
  off.push(pair[0])
  on.push(pair[1])
}
await traces.stop()
collector.close()

const line = (values: number[]) => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0)
  return `median ${at(0.5)} ns a chunk, quartiles ${at(0.25)} to ${at(0.75)}`
}
console.log(`observer off: ${line(off)}\nobserver on:  ${line(on)}`)
