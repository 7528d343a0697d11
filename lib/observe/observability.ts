import 'server-only'
import { type Counts, type Observer, observeAll } from '#lib/agent/index.ts'
import type { LogObserver } from '#lib/log/index.ts'
import { logRuns } from './log-runs.ts'
import { logger } from './logger.ts'
import { createMetrics, type Metrics, type MetricsOptions } from './metrics.ts'
import { openTraces } from './traces.ts'

export interface ObservabilityOptions {
  /** Whether traces are wanted and how they are sampled. The rest of OpenTelemetry's variables its exporter reads from the process. */
  env: Record<string, string | undefined>
  logsContent: boolean
  countRuns: MetricsOptions['countRuns']
  onError: (error: unknown) => void
}

/** What looks at a runtime: metrics always, the log where one was started, traces where a collector is named. */
export interface Observability {
  observer: Observer
  log: LogObserver
  lists: Metrics['lists']
  metrics: Pick<Metrics, 'contentType' | 'read'>
  /** Before a freeze. */
  flush(): Promise<void>
  stop(): Promise<void>
}

export async function openObservability({ env, logsContent, countRuns, onError }: ObservabilityOptions): Promise<Observability> {
  const counts: Counts = { chunks: 0 }
  const traces = await openTraces(env, counts, onError)
  const metrics = createMetrics({ countRuns, counts, onError })
  const log = logger()
  const observers = [metrics.observer, ...(log ? [logRuns(log, counts, logsContent)] : []), ...(traces ? [traces.observer] : [])]
  return {
    observer: observeAll(observers, onError, counts),
    log: metrics.log,
    lists: metrics.lists,
    metrics,
    flush: async () => traces?.flush(),
    stop: async () => traces?.stop(),
  }
}
