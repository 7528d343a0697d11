import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart, SharedV4ProviderOptions } from '@ai-sdk/provider'
import { AppError } from '#lib/protocol/index.ts'
import { cut, isStreamingRefused, malformed, type ProviderNames, stalled, timedOut, toProviderError } from './errors.ts'
import { generateOnce } from './generate-once.ts'
import type { Model, ModelDeadlines, ModelEvent, ModelRequest } from './model.ts'
import { toPrompt } from './prompt.ts'
import { StreamParts } from './stream-parts.ts'

export interface ModelSource extends ProviderNames {
  /** Loads the provider's package on first use. */
  load: () => Promise<LanguageModelV4> | LanguageModelV4
  deadlines: ModelDeadlines
  providerOptions?: SharedV4ProviderOptions
}

/** A model over the AI SDK's model interface, without the layers above it: they cost more than all the rest of the way. */
export function createStreamingModel(source: ModelSource): Model {
  return { provider: source.provider, model: source.model, stream: (request) => stream(source, request) }
}

async function* stream(source: ModelSource, request: ModelRequest): AsyncGenerator<ModelEvent> {
  const deadline = new Deadline(source)
  const signal = AbortSignal.any([request.signal, deadline.signal])
  const options = callOptions(source, request, signal)
  try {
    signal.throwIfAborted()
    const model = await source.load()
    const opened = await open(model, options)
    if (opened === 'refused') yield* generateOnce(model, options)
    else yield* readParts(source, model, options, opened, deadline)
  } catch (error) {
    if (request.signal.aborted) throw request.signal.reason
    if (deadline.signal.aborted) throw deadline.signal.reason
    throw toProviderError(error, source)
  } finally {
    // Also when the reader leaves early: the provider's socket is closed.
    deadline.end()
  }
}

async function open(model: LanguageModelV4, options: LanguageModelV4CallOptions) {
  try {
    return await model.doStream(options)
  } catch (error) {
    if (isStreamingRefused(error)) return 'refused'
    throw error
  }
}

type Opened = Awaited<ReturnType<LanguageModelV4['doStream']>>

async function* readParts(
  source: ModelSource,
  model: LanguageModelV4,
  options: LanguageModelV4CallOptions,
  opened: Opened,
  deadline: Deadline,
): AsyncGenerator<ModelEvent> {
  const parts = new StreamParts(source)
  const reader = opened.stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      if (isOutput(value)) deadline.extend()
      for (const event of parts.take(value)) yield event
      if (parts.isFinished) return
    }
  } finally {
    // A stream that is already broken cannot be cancelled, and need not be.
    void reader.cancel().catch(() => undefined)
  }
  const contentType = opened.response?.headers?.['content-type'] ?? ''
  if (parts.isSilent && contentType.includes('application/json')) yield* generateOnce(model, options)
  else throw parts.isSilent && !contentType.includes('event-stream') && contentType !== '' ? malformed(source) : cut(source)
}

/** The first part comes before the provider has said anything. */
function isOutput(part: LanguageModelV4StreamPart): boolean {
  return part.type !== 'stream-start'
}

function callOptions(source: ModelSource, request: ModelRequest, abortSignal: AbortSignal): LanguageModelV4CallOptions {
  const tools = request.tools.map((tool) => ({ type: 'function' as const, ...tool }))
  return {
    prompt: toPrompt(request.system, request.messages),
    abortSignal,
    ...(tools.length > 0 && { tools, toolChoice: { type: 'auto' } }),
    ...(source.providerOptions && { providerOptions: source.providerOptions }),
  }
}

/** Two limits in one timer: until the first output, and between two outputs. */
class Deadline {
  readonly #controller = new AbortController()
  readonly #source: ModelSource
  #timer: NodeJS.Timeout
  #isFirst = true

  constructor(source: ModelSource) {
    const { firstByteMs } = source.deadlines
    this.#source = source
    this.#timer = setTimeout(() => this.#controller.abort(timedOut(source, firstByteMs)), firstByteMs)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  extend(): void {
    if (!this.#isFirst) {
      this.#timer.refresh()
      return
    }
    const { stallMs } = this.#source.deadlines
    this.#isFirst = false
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#controller.abort(stalled(this.#source, stallMs)), stallMs)
  }

  end(): void {
    clearTimeout(this.#timer)
    this.#controller.abort(new AppError('cancelled', 'The answer is not read any more.'))
  }
}
