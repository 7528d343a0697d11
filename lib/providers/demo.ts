import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart, LanguageModelV4Usage } from '@ai-sdk/provider'
import { answerTo, type DemoAnswer } from './demo-answers.ts'
import type { ProviderPlan } from './plan.ts'

const TOKENS_PER_SECOND = 40

/** A model inside the project, so that Rill runs without a key: honest about itself, and the same answer to the same words. */
export const demo: ProviderPlan = {
  defaultModel: 'demo',
  load: () => createDemoModel(Number(process.env.RILL_DEMO_TOKENS_PER_SECOND) || TOKENS_PER_SECOND),
}

/** The demo model at a given speed. */
export function createDemoModel(tokensPerSecond = TOKENS_PER_SECOND): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId: 'demo',
    supportedUrls: {},
    async doGenerate(options) {
      const answer = answerTo(options)
      return {
        content: [
          ...(answer.reasoning ? [{ type: 'reasoning' as const, text: answer.reasoning }] : []),
          ...(answer.text ? [{ type: 'text' as const, text: answer.text }] : []),
          ...answer.calls.map((call) => ({ type: 'tool-call' as const, ...call })),
        ],
        finishReason: finishReasonOf(answer),
        usage: usageOf(options, answer),
        warnings: [],
      }
    },
    async doStream(options) {
      const parts = partsOf(options, answerTo(options))
      return { stream: paced(parts, 1_000 / tokensPerSecond, options.abortSignal) }
    },
  }
}

function* partsOf(options: LanguageModelV4CallOptions, answer: DemoAnswer): Generator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] }
  for (const type of ['reasoning', 'text'] as const) {
    const text = answer[type]
    if (text === '') continue
    yield { type: `${type}-start`, id: type }
    for (const delta of tokensOf(text)) yield { type: `${type}-delta`, id: type, delta }
    yield { type: `${type}-end`, id: type }
  }
  for (const call of answer.calls) {
    yield { type: 'tool-input-start', id: call.toolCallId, toolName: call.toolName }
    for (const delta of tokensOf(call.input)) yield { type: 'tool-input-delta', id: call.toolCallId, delta }
    yield { type: 'tool-input-end', id: call.toolCallId }
    yield { type: 'tool-call', ...call }
  }
  yield { type: 'finish', finishReason: finishReasonOf(answer), usage: usageOf(options, answer) }
}

function finishReasonOf(answer: DemoAnswer) {
  return answer.calls.length > 0 ? { unified: 'tool-calls' as const, raw: 'tool_calls' } : { unified: 'stop' as const, raw: 'stop' }
}

/** One token at a time, at the given pace; late ones are not made up for. An abort ends the stream at once. */
function paced(
  parts: Iterator<LanguageModelV4StreamPart>,
  intervalMs: number,
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  let due = performance.now()
  let timer: NodeJS.Timeout | undefined
  return new ReadableStream({
    start(controller) {
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer)
          controller.error(signal.reason)
        },
        { once: true },
      )
    },
    async pull(controller) {
      const { done, value } = parts.next()
      if (done) return controller.close()
      if (value.type.endsWith('-delta')) {
        due = Math.max(due + intervalMs, performance.now())
        await new Promise<void>((resolve) => {
          timer = setTimeout(resolve, Math.max(0, due - performance.now()))
          signal?.addEventListener('abort', () => resolve(), { once: true })
        })
      }
      if (!signal?.aborted) controller.enqueue(value)
    },
    cancel: () => clearTimeout(timer),
  })
}

/** Words with the space before them, cut to at most eight letters: about what a tokeniser makes. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,8}|\s+$/g) ?? []
}

function usageOf({ prompt }: LanguageModelV4CallOptions, answer: DemoAnswer): LanguageModelV4Usage {
  const said = prompt.map((message) => (typeof message.content === 'string' ? message.content : JSON.stringify(message.content))).join(' ')
  const reasoning = tokensOf(answer.reasoning).length
  const text = tokensOf(answer.text).length + answer.calls.reduce((sum, call) => sum + tokensOf(call.input).length, 0)
  const input = tokensOf(said).length
  return {
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: text + reasoning, text, reasoning: reasoning || undefined },
  }
}
