import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider'
import { cleanText, type ProviderMetadata, type Usage } from '#lib/protocol/index.ts'
import { cut, type ProviderNames, toProviderError } from './errors.ts'
import type { ModelEvent, StepFinishReason } from './model.ts'
import { TextJoiner } from './text-joiner.ts'

/** Turns the parts of one model call's stream into events. What it does not know it ignores and counts. */
export class StreamParts {
  isFinished = false
  /** True until the model has said anything. */
  isSilent = true
  /** Parts of kinds that this version does not know. */
  unknown = 0
  readonly #names: ProviderNames
  readonly #joiners = { text: new TextJoiner(), reasoning: new TextJoiner() }
  readonly #toolNames = new Map<string, string>()
  readonly #toolText = new Map<string, TextJoiner>()

  constructor(names: ProviderNames) {
    this.#names = names
  }

  /** Throws an `AppError` for an error inside the stream, and for an end without its finish. */
  take(part: LanguageModelV4StreamPart): ModelEvent[] {
    switch (part.type) {
      case 'text-delta':
        return this.#delta('text', part.delta)
      case 'reasoning-delta':
        return this.#delta('reasoning', part.delta)
      case 'text-end':
        return this.#end('text', part.providerMetadata)
      case 'reasoning-end':
        return this.#end('reasoning', part.providerMetadata)
      case 'tool-input-start':
        this.#toolNames.set(part.id, part.toolName)
        this.#toolText.set(part.id, new TextJoiner())
        return []
      case 'tool-input-delta':
        return this.#toolDelta(part.id, part.delta)
      case 'tool-call':
        this.isSilent = false
        if (part.providerExecuted) return []
        return [
          {
            type: 'tool-call',
            callId: part.toolCallId,
            toolName: part.toolName,
            input: cleanText(part.input),
            ...metadataOf(part.providerMetadata),
          },
        ]
      case 'finish':
        return [this.#finish(part.finishReason, part.usage)]
      case 'error':
        throw toProviderError(part.error, this.#names)
      case 'stream-start':
      case 'response-metadata':
      case 'text-start':
      case 'reasoning-start':
      case 'tool-input-end':
      case 'ping':
      case 'raw':
        return []
      default:
        this.unknown += 1
        return []
    }
  }

  #delta(type: 'text' | 'reasoning', delta: string): ModelEvent[] {
    const text = this.#joiners[type].take(delta)
    if (text === '') return []
    this.isSilent = false
    return [{ type, delta: text }]
  }

  #end(type: 'text' | 'reasoning', metadata: SharedV4ProviderMetadata | undefined): ModelEvent[] {
    const rest = this.#joiners[type].end()
    const kept = metadataOf(metadata)
    return rest === '' && !kept.metadata ? [] : [{ type, delta: rest, ...kept }]
  }

  #toolDelta(callId: string, delta: string): ModelEvent[] {
    const argsDelta = this.#toolText.get(callId)?.take(delta) ?? cleanText(delta)
    this.isSilent = false
    return argsDelta === '' ? [] : [{ type: 'tool-delta', callId, toolName: this.#toolNames.get(callId) ?? '', argsDelta }]
  }

  /** The packages finish a stream that the provider just dropped, too: then no reason was ever sent. */
  #finish(reason: LanguageModelV4FinishReason, usage: LanguageModelV4Usage): ModelEvent {
    if (reason.unified === 'other' && reason.raw === undefined) throw cut(this.#names)
    this.isFinished = true
    return { type: 'finish', finishReason: finishReasonOf(reason), usage: usageOf(usage) }
  }
}

export function finishReasonOf({ unified }: LanguageModelV4FinishReason): StepFinishReason {
  return unified === 'other' ? 'stop' : unified
}

export function usageOf({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage {
  const input = inputTokens.total ?? 0
  const output = outputTokens.total ?? 0
  return {
    inputTokens: input,
    outputTokens: output,
    ...(outputTokens.reasoning !== undefined && { reasoningTokens: outputTokens.reasoning }),
    ...(inputTokens.cacheRead !== undefined && { cachedInputTokens: inputTokens.cacheRead }),
    totalTokens: input + output,
  }
}

/** Kept only where it must come back with the part: a bare item id points into the provider's own store, which is not used. */
export function metadataOf(metadata: SharedV4ProviderMetadata | undefined): { metadata?: ProviderMetadata } {
  const kept = Object.entries(metadata ?? {}).filter(([, fields]) =>
    Object.entries(fields ?? {}).some(([name, value]) => name !== 'itemId' && value !== null && value !== undefined),
  )
  return kept.length === 0 ? {} : { metadata: JSON.parse(JSON.stringify(Object.fromEntries(kept))) as ProviderMetadata }
}
