import 'server-only'
import type { Attributes, Context, Span, SpanOptions } from '@opentelemetry/api'
import type { Counts, Observer } from '#lib/agent/index.ts'
import type { AppError, Usage } from '#lib/protocol/index.ts'

type Api = typeof import('@opentelemetry/api')
type StartRoot = (name: string, options: SpanOptions, traceId: string) => Span
type StartChild = (name: string, options: SpanOptions, parent: Context) => Span

/** As the semantic conventions name them; others keep their own name. */
const PROVIDERS: Record<string, string> = { google: 'gcp.gemini' }

/**
 * A span for each run, step, model call and tool call, by OpenTelemetry's conventions for generative AI. The trace's id is the
 * run's, so that all workers that had a run are in one trace. Nothing that people, models or tools said is in it.
 */
export function traceRuns(api: Api, counts: Counts, startRoot: StartRoot, startChild: StartChild): Observer {
  const { SpanKind, SpanStatusCode, ROOT_CONTEXT, trace } = api

  function fail(span: Span, code: string): void {
    span.setAttribute('error.type', code)
    // Stopped by a person is no error.
    if (code !== 'cancelled') span.setStatus({ code: SpanStatusCode.ERROR, message: code })
  }

  return {
    counts,
    beginRun({ id, sessionId, epoch }) {
      const ids = { 'rill.session.id': sessionId, 'rill.run.id': id, 'rill.run.epoch': epoch }
      const child = (name: string, parent: Span, attributes: Attributes, kind = SpanKind.INTERNAL) =>
        startChild(name, { kind, attributes: { ...ids, ...attributes } }, trace.setSpan(ROOT_CONTEXT, parent))
      const run = startRoot(
        'invoke_agent rill',
        {
          kind: SpanKind.INTERNAL,
          attributes: { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': 'rill', 'gen_ai.conversation.id': sessionId, ...ids },
        },
        id.replaceAll('-', ''),
      )
      let step: Span | undefined
      return {
        beginStep(number) {
          step?.end()
          step = child(`step ${number}`, run, { 'rill.step': number })
        },
        beginModelCall({ model, attempt }) {
          const asked = model.model
          const span = child(
            `chat ${asked}`,
            step ?? run,
            {
              'gen_ai.operation.name': 'chat',
              'gen_ai.provider.name': PROVIDERS[model.provider] ?? model.provider,
              'gen_ai.request.model': asked,
              'gen_ai.conversation.id': sessionId,
              'rill.attempt': attempt,
            },
            SpanKind.CLIENT,
          )
          return {
            end(end) {
              if (end.status === 'failed') fail(span, end.error.code)
              else
                span.setAttributes({
                  'gen_ai.response.model': model.model,
                  'gen_ai.response.finish_reasons': [end.finishReason],
                  ...usageAttributes(end.usage),
                })
              span.end()
            },
          }
        },
        retry({ attempt, waitMs, error }) {
          step?.addEvent('rill.retry', { 'rill.attempt': attempt, 'rill.wait_ms': waitMs, 'error.type': error.code })
        },
        beginToolCall({ callId, toolName, isKnown }) {
          // A name that the model made up is its own words.
          const name = isKnown ? toolName : 'unknown'
          const span = child(`execute_tool ${name}`, step ?? run, {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': name,
            'gen_ai.tool.type': 'function',
            'gen_ai.tool.call.id': callId,
          })
          return {
            end({ status }) {
              if (status === 'failed' || status === 'refused') fail(span, `tool-${status}`)
              if (status === 'aborted') fail(span, 'cancelled')
              span.end()
            },
          }
        },
        end(end) {
          let error: AppError | undefined
          if (end.status === 'over') {
            run.setAttributes({ 'rill.finish_reason': end.finishReason, 'rill.steps': end.steps, ...usageAttributes(end.usage) })
            error = end.error
          } else {
            run.setAttribute('rill.finish_reason', end.status)
            if (end.status === 'refused') error = end.error
          }
          if (error) {
            fail(run, error.code)
            if (step) fail(step, error.code)
          }
          step?.end()
          run.end()
        },
      }
    },
  }
}

function usageAttributes({ inputTokens, outputTokens, cachedInputTokens }: Usage): Attributes {
  return {
    'gen_ai.usage.input_tokens': inputTokens,
    'gen_ai.usage.output_tokens': outputTokens,
    ...(cachedInputTokens !== undefined && { 'gen_ai.usage.cache_read.input_tokens': cachedInputTokens }),
  }
}
