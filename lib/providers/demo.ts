import { setTimeout as sleep } from 'node:timers/promises'
import type {
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider'
import { answerTo, type DemoAnswer } from './demo-answers.ts'
import type { ProviderPlan } from './plan.ts'

const TOKENS_PER_SECOND = 40

/** A model inside the project, so that Rill runs without a key: honest about itself, and the same answer to the same words. */
export const demo: ProviderPlan = {
  defaultModel: 'demo',
  load({ model, tokensPerSecond }) {
    const languageModel = createDemoModel(tokensPerSecond, model)
    return () => languageModel
  },
  list: async () => [{ id: 'demo', name: 'Demo' }],
}

/** The demo model at a given speed; 0 is at once. */
export function createDemoModel(tokensPerSecond = TOKENS_PER_SECOND, modelId = 'demo'): LanguageModelV4 {
  return {
    specificationVersion: 'v4',
    provider: 'demo',
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      options.abortSignal?.throwIfAborted()
      const answer = answerTo(options)
      return { content: contentOf(answer), finishReason: finishReasonOf(answer), usage: usageOf(options, answer), warnings: [] }
    },
    async doStream(options) {
      options.abortSignal?.throwIfAborted()
      const intervalMs = tokensPerSecond === 0 ? 0 : 1_000 / tokensPerSecond
      return { stream: paced(partsOf(options, answerTo(options)), intervalMs, options.abortSignal) }
    },
  }
}

function contentOf({ reasoning, text, calls }: DemoAnswer): LanguageModelV4Content[] {
  return [
    ...(reasoning ? [{ type: 'reasoning' as const, text: reasoning }] : []),
    ...(text ? [{ type: 'text' as const, text }] : []),
    ...calls.map((call) => ({ type: 'tool-call' as const, ...call })),
  ]
}

function* partsOf(options: LanguageModelV4CallOptions, answer: DemoAnswer): Generator<LanguageModelV4StreamPart> {
  yield { type: 'stream-start', warnings: [] }
  for (const type of ['reasoning', 'text'] as const) {
    if (answer[type] === '') continue
    yield { type: `${type}-start`, id: type }
    for (const delta of tokensOf(answer[type])) yield { type: `${type}-delta`, id: type, delta }
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

/** One token at a time, each when it is due: a late one does not delay the rest. An abort ends the stream at once. */
function paced(
  parts: Iterator<LanguageModelV4StreamPart>,
  intervalMs: number,
  signal: AbortSignal | undefined,
): ReadableStream<LanguageModelV4StreamPart> {
  let due = performance.now()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = parts.next()
        if (done) {
          controller.close()
          return
        }
        if (value.type.endsWith('-delta')) due += intervalMs
        const waitMs = due - performance.now()
        if (waitMs > 0) await sleep(waitMs, undefined, signal && { signal })
        signal?.throwIfAborted()
        controller.enqueue(value)
      },
    },
    { highWaterMark: 0 },
  )
}

function finishReasonOf(answer: DemoAnswer): LanguageModelV4FinishReason {
  return answer.calls.length > 0 ? { unified: 'tool-calls', raw: 'tool_calls' } : { unified: 'stop', raw: 'stop' }
}

/** Words with the space before them, cut to at most eight characters: about what a tokeniser makes. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,8}|\s+$/gu) ?? []
}

function usageOf({ prompt }: LanguageModelV4CallOptions, answer: DemoAnswer): LanguageModelV4Usage {
  const reasoning = tokensOf(answer.reasoning).length
  const text = tokensOf(answer.text).length + answer.calls.reduce((sum, call) => sum + tokensOf(call.input).length, 0)
  const input = Math.ceil(
    prompt.reduce((sum, { content }) => sum + (typeof content === 'string' ? content : JSON.stringify(content)).length, 0) / 4,
  )
  return {
    inputTokens: { total: input, noCache: input, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: text + reasoning, text, reasoning: reasoning || undefined },
  }
}
