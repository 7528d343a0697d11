import type { LanguageModelV4, LanguageModelV4CallOptions } from '@ai-sdk/provider'
import { cleanText } from '#lib/protocol/index.ts'
import type { ModelEvent } from './model.ts'
import { finishReasonOf, metadataOf, usageOf } from './stream-parts.ts'

/** The whole answer at once, for a provider that will not stream. */
export async function* generateOnce(model: LanguageModelV4, options: LanguageModelV4CallOptions): AsyncGenerator<ModelEvent> {
  const { content, finishReason, usage } = await model.doGenerate(options)
  for (const part of content) {
    if (part.type === 'text' || part.type === 'reasoning')
      yield { type: part.type, delta: cleanText(part.text), ...metadataOf(part.providerMetadata) }
    if (part.type === 'tool-call' && !part.providerExecuted) {
      yield {
        type: 'tool-call',
        callId: part.toolCallId,
        toolName: part.toolName,
        input: cleanText(part.input),
        ...metadataOf(part.providerMetadata),
      }
    }
  }
  yield { type: 'finish', finishReason: finishReasonOf(finishReason), usage: usageOf(usage) }
}
