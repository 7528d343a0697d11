import 'server-only'
import type { Logger } from 'pino'
import type { Counts, Observer, RunEnd } from '#lib/agent/index.ts'
import { type AppError, textOf } from '#lib/protocol/index.ts'
import { framesOf } from '#lib/report.ts'

/**
 * Says in the log what runs do: that one was taken over, ended, was let go, that a call is made again, that a tool failed. What
 * people, models and tools said is in it only with `withContent`.
 */
export function logRuns(logger: Logger, counts: Counts, withContent: boolean): Observer {
  return {
    counts,
    beginRun(claimed) {
      const { id: runId, sessionId, epoch } = claimed
      const log = logger.child({ runId, sessionId, epoch })
      const began = performance.now()
      const durationMs = (since = began) => Math.round(performance.now() - since)
      const question = claimed.history.findLast((message) => message.id === claimed.messageId)
      const said = withContent && question ? { question: textOf(question.parts) } : {}
      if (epoch > 1) log.info(said, 'run taken over')
      else log.debug(said, 'run began')
      return {
        beginStep: (step) => log.debug({ step }, 'step began'),
        beginModelCall({ model, attempt }) {
          const since = performance.now()
          return {
            end(end) {
              const facts = { provider: model.provider, model: model.model, attempt, durationMs: durationMs(since) }
              if (end.status === 'answered')
                log.debug({ ...facts, finishReason: end.finishReason, ...tokensOf(end.usage) }, 'model call answered')
              else log.debug({ ...facts, code: end.error.code }, 'model call failed')
            },
          }
        },
        retry({ attempt, waitMs, error }) {
          log.warn({ attempt, waitMs, ...failureOf(error, withContent) }, 'model call is made again')
        },
        beginToolCall({ callId, toolName, isKnown, args }) {
          const since = performance.now()
          return {
            end(end) {
              // A name that the model made up is its own words.
              const tool = isKnown || withContent ? toolName : 'unknown'
              const facts = { tool, callId, durationMs: durationMs(since), ...(withContent && { args }) }
              if (end.status === 'failed' || end.status === 'refused')
                log.warn({ ...facts, code: `tool-${end.status}`, ...(withContent && { reason: end.error }) }, 'tool call failed')
              else if (end.status === 'completed')
                log.debug({ ...facts, ...(withContent && { result: end.result }) }, 'tool call completed')
              else log.debug(facts, 'tool call was broken off')
            },
          }
        },
        end(end) {
          if (end.status === 'over') sayOver(end, durationMs())
          else if (end.status === 'refused')
            log.warn({ durationMs: durationMs(), ...failureOf(end.error, withContent) }, 'run let go: the log refused')
          else log.info({ durationMs: durationMs() }, end.status === 'waiting' ? 'run waits for a person' : 'run handed over')
        },
      }

      function sayOver({ finishReason, steps, usage, answer, error }: Extract<RunEnd, { status: 'over' }>, durationMs: number): void {
        const level = error === undefined ? 'info' : error.code === 'internal' ? 'error' : 'warn'
        const facts = {
          finishReason,
          steps,
          ...tokensOf(usage),
          durationMs,
          ...(error && failureOf(error, withContent)),
          ...(withContent && { answer: textOf(answer.parts) }),
        }
        log[level](facts, 'run ended')
      }
    },
  }
}

function tokensOf({ inputTokens, outputTokens }: { inputTokens: number; outputTokens: number }) {
  return { inputTokens, outputTokens }
}

/** Providers quote the request in their messages. Of a fault of ours, where it was: its message may hold what was said. */
function failureOf(error: AppError, withContent: boolean) {
  const { code, cause, message } = error
  return {
    code,
    ...(withContent && { reason: message }),
    ...(code === 'internal' && cause instanceof Error && { stack: `${cause.name}\n${framesOf(cause)}` }),
  }
}
