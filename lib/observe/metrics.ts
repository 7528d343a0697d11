import 'server-only'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Counts, ModelCallEnd, Observer, RunObserver } from '#lib/agent/index.ts'
import type { LogObserver } from '#lib/log/index.ts'
import type { Usage } from '#lib/protocol/index.ts'
import { boundedLabel } from './labels.ts'

export interface MetricsOptions {
  /** Asked at each scrape: how many runs the database has, by status, without those that are over. */
  countRuns: () => Promise<Record<string, number>>
  counts: Counts
  onError: (error: unknown) => void
}

export interface Metrics {
  observer: Observer
  log: LogObserver
  /** How many follow a list of sessions here: counted by who serves them. */
  lists: { followers: number }
  contentType: string
  /** All of them, in Prometheus' text format. Answers while the database is away, without what it knows. */
  read(): Promise<string>
}

/** A database that is slower leaves its numbers out of this scrape. */
const DATABASE_MS = 2_000
const SECONDS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600]

/** Counts what this process does. All instances together are the sum, but for `rill_runs`, which is the database's. */
export function createMetrics({ countRuns, counts, onError }: MetricsOptions): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const toolLabel = boundedLabel()
  const modelLabel = boundedLabel()
  const tools = { labelNames: ['tool'], registers } as const
  const models = { labelNames: ['provider', 'model'], registers } as const

  const active = new Gauge({ name: 'rill_runs_active', help: 'Runs that this process carries out.', registers })
  const finished = new Counter({
    name: 'rill_runs_finished_total',
    help: 'Runs that ended in this process.',
    labelNames: ['finish_reason'],
    registers,
  })
  const takenOver = new Counter({
    name: 'rill_runs_taken_over_total',
    help: 'Runs that another worker had before, or this one before a wait.',
    registers,
  })
  const runSeconds = new Histogram({
    name: 'rill_run_duration_seconds',
    help: 'From the time at which this process took a run to its end.',
    buckets: SECONDS,
    registers,
  })
  const callSeconds = new Histogram({
    name: 'rill_model_call_duration_seconds',
    help: 'Model calls, each attempt by itself.',
    buckets: SECONDS,
    ...models,
  })
  const callFailures = new Counter({
    name: 'rill_model_call_failures_total',
    help: 'Model calls that failed, by our code.',
    labelNames: ['provider', 'model', 'code'],
    registers,
  })
  const retries = new Counter({ name: 'rill_model_retries_total', help: 'Model calls that were made again after a failure.', registers })
  const tokens = new Counter({
    name: 'rill_tokens_total',
    help: 'Tokens as the provider counts them. Cached are part of input, reasoning of output.',
    labelNames: ['provider', 'model', 'kind'],
    registers,
  })
  const toolCalls = new Counter({ name: 'rill_tool_calls_total', help: 'Tool calls, also those that failed.', ...tools })
  const toolFailures = new Counter({ name: 'rill_tool_failures_total', help: 'Tool calls that failed, or were refused.', ...tools })
  const commitSeconds = new Histogram({
    name: 'rill_commit_duration_seconds',
    help: "The log's writer: one commit, which is one statement.",
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30],
    registers,
  })
  const commitEvents = new Histogram({
    name: 'rill_commit_events',
    help: "The log's writer: events in one commit.",
    buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
    registers,
  })
  // What others count is read when somebody asks.
  new Counter({
    name: 'rill_chunks_total',
    help: 'Pieces of text, reasoning and arguments that models wrote here.',
    registers,
    collect() {
      this.reset()
      this.inc(counts.chunks)
    },
  })
  const log: LogObserver = {
    followers: 0,
    committed(events, durationMs) {
      commitSeconds.observe(durationMs / 1_000)
      commitEvents.observe(events)
    },
  }
  new Gauge({
    name: 'rill_followers',
    help: "Readers that follow a session's log here.",
    registers,
    collect() {
      this.set(log.followers)
    },
  })
  const lists = { followers: 0 }
  new Gauge({
    name: 'rill_list_followers',
    help: 'Readers that follow a list of sessions here.',
    registers,
    collect() {
      this.set(lists.followers)
    },
  })
  const inDatabase = new Gauge({
    name: 'rill_runs',
    help: 'Runs of all instances that are not over. queued: behind another of its session; pending: for a worker; waiting: for a person.',
    labelNames: ['status'],
    registers,
  })
  const databaseUp = new Gauge({ name: 'rill_database_up', help: '1 when the database answered this scrape, else 0.', registers })

  function countTokens(provider: string, model: string, usage: Usage): void {
    const { inputTokens, outputTokens, cachedInputTokens = 0, reasoningTokens = 0 } = usage
    const kinds = { input: inputTokens, output: outputTokens, cached: cachedInputTokens, reasoning: reasoningTokens }
    for (const [kind, count] of Object.entries(kinds)) if (count > 0) tokens.inc({ provider, model, kind }, count)
  }

  function observeRun(): RunObserver {
    const endRun = runSeconds.startTimer()
    active.inc()
    return {
      beginStep() {},
      beginModelCall({ model: called }) {
        const endCall = callSeconds.startTimer()
        return {
          end(end: ModelCallEnd) {
            const { provider } = called
            // Some servers say only with their answer which model it was.
            const model = modelLabel(called.model)
            endCall({ provider, model })
            if (end.status === 'answered') countTokens(provider, model, end.usage)
            else if (end.error.code !== 'cancelled') callFailures.inc({ provider, model, code: end.error.code })
          },
        }
      },
      retry: () => retries.inc(),
      beginToolCall({ toolName, isKnown }) {
        const tool = toolLabel(toolName, isKnown)
        return {
          end({ status }) {
            toolCalls.inc({ tool })
            if (status === 'failed' || status === 'refused') toolFailures.inc({ tool })
          },
        }
      },
      end(end) {
        active.dec()
        if (end.status !== 'over') return
        endRun()
        finished.inc({ finish_reason: end.finishReason })
      },
    }
  }

  async function askDatabase(): Promise<void> {
    inDatabase.reset()
    try {
      for (const [status, count] of Object.entries(await inTime(countRuns()))) inDatabase.set({ status }, count)
      databaseUp.set(1)
    } catch (error) {
      databaseUp.set(0)
      onError(error)
    }
  }

  let hasDefaults = false
  let reading: Promise<string> | undefined
  async function readAll(): Promise<string> {
    // Its timers would run for nobody before.
    if (!hasDefaults) collectDefaultMetrics({ register: registry })
    hasDefaults = true
    await askDatabase()
    return registry.metrics()
  }

  return {
    log,
    lists,
    contentType: registry.contentType,
    observer: {
      counts,
      beginRun({ epoch }) {
        if (epoch > 1) takenOver.inc()
        return observeRun()
      },
      usedBeside({ model: { provider, model }, usage }) {
        countTokens(provider, modelLabel(model), usage)
      },
    },
    read() {
      reading ??= readAll().finally(() => {
        reading = undefined
      })
      return reading
    },
  }
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () => reject(new Error(`The metrics went without the database, which did not answer within ${DATABASE_MS / 1_000} s.`)),
    DATABASE_MS,
  )
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
