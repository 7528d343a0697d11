import {
  type LanguageModelV4FinishReason,
  type LanguageModelV4StreamPart,
  type LanguageModelV4Usage,
  TypeValidationError,
} from '@ai-sdk/provider'
import { cleanJson, cleanText, type ProviderMetadata, type Usage } from '#lib/protocol/index.ts'
import type { ModelEvent, StepFinishReason } from './model.ts'
import { TextJoiner } from './text-joiner.ts'

interface Block {
  type: 'text' | 'reasoning'
  joiner: TextJoiner
  metadata: ProviderMetadata | undefined
}

interface ToolInput {
  toolName: string
  joiner: TextJoiner
}

type PartOf<T extends LanguageModelV4StreamPart['type']> = Extract<LanguageModelV4StreamPart, { type: T }>

/** Thrown for an error that stood inside the stream; `cause` is what it said. */
export class StreamedError extends Error {
  override readonly name = 'StreamedError'
}

/** Turns one call's foreign stream parts into events. What it does not know is ignored and named to `onIgnored`. */
export class StreamParts {
  /** Something of the answer was recognised, be it only its beginning. */
  hasBegun = false
  readonly #blocks = new Map<string, Block>()
  readonly #inputs = new Map<string, ToolInput>()
  readonly #onIgnored: (what: string) => void
  #hasCalls = false

  constructor(onIgnored: (what: string) => void) {
    this.#onIgnored = onIgnored
  }

  /** Adds a part's events to `out`: mostly one, often none. Returns true with the last part. Throws `StreamedError`. */
  take(part: LanguageModelV4StreamPart, out: ModelEvent[]): boolean {
    switch (part.type) {
      case 'text-delta':
        this.#delta('text', part, out)
        return false
      case 'reasoning-delta':
        this.#delta('reasoning', part, out)
        return false
      case 'tool-input-delta':
        this.#inputDelta(part, out)
        return false
      case 'text-start':
      case 'reasoning-start':
        this.#start(part)
        return false
      case 'text-end':
      case 'reasoning-end':
        this.#end(part, out)
        return false
      case 'tool-input-start':
        this.hasBegun = true
        this.#inputs.set(part.id, { toolName: part.toolName, joiner: new TextJoiner() })
        return false
      case 'tool-call':
        this.#call(part, out)
        return false
      case 'response-metadata':
        this.hasBegun = true
        return false
      case 'stream-start':
      case 'tool-input-end':
      case 'ping':
      case 'raw':
        return false
      case 'finish':
        this.#finish(part, out)
        return true
      case 'error':
        this.#error(part.error)
        return false
      default:
        this.#onIgnored(part.type)
        return false
    }
  }

  #delta(type: Block['type'], part: PartOf<'text-delta' | 'reasoning-delta'>, out: ModelEvent[]): void {
    const block = this.#blocks.get(part.id) ?? this.#open(type, part.id)
    if (part.providerMetadata) block.metadata = mergeMetadata(block.metadata, part.providerMetadata)
    const delta = block.joiner.take(part.delta)
    if (delta !== '') out.push({ type, delta })
  }

  #start(part: PartOf<'text-start' | 'reasoning-start'>): void {
    const block = this.#open(part.type === 'text-start' ? 'text' : 'reasoning', part.id)
    if (part.providerMetadata) block.metadata = mergeMetadata(block.metadata, part.providerMetadata)
  }

  #open(type: Block['type'], id: string): Block {
    this.hasBegun = true
    const block: Block = { type, joiner: new TextJoiner(), metadata: undefined }
    this.#blocks.set(id, block)
    return block
  }

  /** A block's metadata is told once, with its end: its pieces are of no use before. */
  #end(part: PartOf<'text-end' | 'reasoning-end'>, out: ModelEvent[]): void {
    const block = this.#blocks.get(part.id)
    if (!block) return
    this.#blocks.delete(part.id)
    if (part.providerMetadata) block.metadata = mergeMetadata(block.metadata, part.providerMetadata)
    close(block, out)
  }

  #inputDelta(part: PartOf<'tool-input-delta'>, out: ModelEvent[]): void {
    const input = this.#inputs.get(part.id)
    if (!input) return
    const argsDelta = input.joiner.take(part.delta)
    if (argsDelta !== '') out.push({ type: 'tool-delta', callId: part.id, toolName: input.toolName, argsDelta })
  }

  #call(part: PartOf<'tool-call'>, out: ModelEvent[]): void {
    this.hasBegun = true
    if (part.providerExecuted) {
      this.#onIgnored('provider-executed tool-call')
      return
    }
    this.#hasCalls = true
    this.#inputs.delete(part.toolCallId)
    const metadata = part.providerMetadata && mergeMetadata(undefined, part.providerMetadata)
    out.push({
      type: 'tool-call',
      callId: part.toolCallId,
      toolName: part.toolName,
      input: cleanText(part.input),
      ...(metadata && { metadata }),
    })
  }

  #finish(part: PartOf<'finish'>, out: ModelEvent[]): void {
    for (const block of this.#blocks.values()) close(block, out)
    out.push({ type: 'finish', finishReason: reasonOf(part.finishReason, this.#hasCalls), usage: usageOf(part.usage) })
  }

  /** A well-formed event of an unknown shape is a newer provider's; anything else under `error` ended the answer. */
  #error(error: unknown): void {
    if (!TypeValidationError.isInstance(error) || isErrorShaped(error.value))
      throw new StreamedError('The provider sent an error.', { cause: error })
    this.#onIgnored(nameOf(error.value))
  }
}

/** As the event calls itself, as it may stand in a log. */
function nameOf(value: unknown): string {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined
  return typeof type === 'string' ? `"${type.slice(0, 60).replace(/[^\x20-\x7e]/g, '?')}"` : 'an event without a type'
}

function isErrorShaped(value: unknown): boolean {
  return typeof value === 'object' && value !== null && ('error' in value || ('type' in value && value.type === 'error'))
}

function close({ type, joiner, metadata }: Block, out: ModelEvent[]): void {
  const delta = joiner.end()
  if (metadata) out.push({ type, delta, metadata })
  else if (delta !== '') out.push({ type, delta })
}

/** Provider by provider; values that are null say nothing and would only be stored. */
export function mergeMetadata(known: ProviderMetadata | undefined, added: object): ProviderMetadata | undefined {
  const merged: ProviderMetadata = { ...known }
  for (const [provider, values] of Object.entries(added)) {
    const said = Object.entries(values ?? {}).filter(([, value]) => value !== null && value !== undefined)
    if (said.length > 0)
      merged[provider] = { ...merged[provider], ...Object.fromEntries(said.map(([key, value]) => [key, cleanJson(value)])) }
  }
  return Object.keys(merged).length === 0 ? undefined : merged
}

/** The finish reason in Rill's words. Servers often say "stop" though they ask for tools. */
export function reasonOf({ unified, raw }: LanguageModelV4FinishReason, hasCalls: boolean): StepFinishReason {
  // OpenRouter's word, which the SDK does not know: a failure is no end.
  if (raw === 'error') return 'error'
  if (unified === 'stop' || unified === 'other') return hasCalls ? 'tool-calls' : 'stop'
  return unified
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
