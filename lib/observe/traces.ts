import 'server-only'
import type { Context, Tracer } from '@opentelemetry/api'
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Counts, Observer } from '#lib/agent/index.ts'
import { AppError } from '#lib/protocol/index.ts'
import { reasonOf } from '#lib/report.ts'
import { traceRuns } from './trace-runs.ts'

type Env = Record<string, string | undefined>

export interface Traces {
  observer: Observer
  /** Sends what is ended. Never throws; takes two seconds at most. */
  flush(): Promise<void>
  stop(): Promise<void>
}

/** An exporter that hangs delays a stop, and a function's freeze, by so much. */
const FLUSH_MS = 2_000

/** True when a collector is named, and OpenTelemetry is not disabled. */
export function wantsTraces(env: Env): boolean {
  const isDisabled = env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true' || env.OTEL_TRACES_EXPORTER?.trim() === 'none'
  return !isDisabled && Boolean(env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?.trim() || env.OTEL_EXPORTER_OTLP_ENDPOINT?.trim())
}

/**
 * Sends spans to the collector that OpenTelemetry's own variables name; undefined, and nothing loaded, when none does. Not
 * registered globally: Next's spans and others' are not sent. What the collector does not take is dropped, and said once.
 * Throws `config-invalid` for a sampler that there is not.
 */
export async function openTraces(env: Env, counts: Counts, onError: (error: unknown) => void): Promise<Traces | undefined> {
  if (!wantsTraces(env)) return undefined
  const [api, sdk, { OTLPTraceExporter }, resources] = await Promise.all([
    import('@opentelemetry/api'),
    import('@opentelemetry/sdk-trace'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ])
  const exporter = tellingOnce(new OTLPTraceExporter(), onError)
  const ids = new sdk.RandomIdGenerator()
  let nextTraceId: string | undefined
  const provider = new sdk.TracerProvider({
    sampler: samplerOf(env, sdk),
    resource: resources
      .resourceFromAttributes({ 'service.name': 'rill' })
      .merge(resources.detectResources({ detectors: [resources.resourceAttributesEnvDetector, resources.serviceNameEnvDetector] })),
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter })],
    idGenerator: {
      generateTraceId: () => nextTraceId ?? ids.generateTraceId(),
      generateSpanId: () => ids.generateSpanId(),
    },
  })
  const tracer: Tracer = provider.getTracer('rill')
  const flush = async () => {
    await provider.forceFlush({ timeoutMillis: FLUSH_MS })
    // What was under way already.
    await exporter.forceFlush?.()
  }
  return {
    observer: traceRuns(
      api,
      counts,
      (name, options, traceId) => {
        nextTraceId = traceId
        try {
          return tracer.startSpan(name, { ...options, root: true })
        } finally {
          nextTraceId = undefined
        }
      },
      (name, options, parent: Context) => tracer.startSpan(name, options, parent),
    ),
    flush: () => within(FLUSH_MS, flush()),
    stop: () => within(FLUSH_MS, provider.shutdown()),
  }
}

/** Whatever went wrong was said by the exporter. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([Promise.allSettled([work]), late])
  clearTimeout(timer)
}

/** A collector that is away is said once, until it is back and goes away again. */
function tellingOnce(exporter: SpanExporter, onError: (error: unknown) => void): SpanExporter {
  let isTold = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        if (result.code !== 0 && !isTold)
          onError(`The collector of OTEL_EXPORTER_OTLP_ENDPOINT takes no spans; they are dropped: ${reasonOf(result.error)}`)
        isTold = result.code !== 0
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}

/** The SDK leaves these two variables to whoever sets it up. */
function samplerOf(env: Env, sdk: typeof import('@opentelemetry/sdk-trace')) {
  const name = env.OTEL_TRACES_SAMPLER?.trim() || 'parentbased_always_on'
  const ratio = Number(env.OTEL_TRACES_SAMPLER_ARG?.trim() || 1)
  const root = {
    always_on: () => new sdk.AlwaysOnSampler(),
    always_off: () => new sdk.AlwaysOffSampler(),
    traceidratio: () => new sdk.TraceIdRatioBasedSampler(ratio),
  }[name.replace(/^parentbased_/, '')]
  if (!root || !(ratio >= 0 && ratio <= 1))
    throw new AppError(
      'config-invalid',
      `The configuration is not valid.\n${root ? 'OTEL_TRACES_SAMPLER_ARG: must be a number from 0 to 1' : 'OTEL_TRACES_SAMPLER: must be always_on, always_off or traceidratio, with or without parentbased_ before it'}`,
    )
  // Spans of a run are sampled as their run is.
  return new sdk.ParentBasedSampler({ root: root() })
}
