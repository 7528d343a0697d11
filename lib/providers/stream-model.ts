import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4StreamPart } from '@ai-sdk/provider'
import type { ReasoningEffort } from '#lib/protocol/index.ts'
import { DeadlineWatch } from './deadlines.ts'
import { cutError, malformedError, toProviderError } from './errors.ts'
import { eventsOf } from './generate-once.ts'
import { DEFAULT_DEADLINES, type Model, type ModelConfig, type ModelDeadlines, type ModelEvent, type ModelRequest } from './model.ts'
import { FIRST_OFFERED } from './openai-compatible.ts'
import type { Fetch, ModelFactory } from './plan.ts'
import { plans } from './plans.ts'
import { toPrompt } from './prompt.ts'
import { StreamedError, StreamParts } from './stream-parts.ts'
import { isCausedBy, isEffortRefused, isEndWithoutFinish, isStreamingRefused, WebPageError, Wire } from './wire.ts'

export interface ModelSource {
  config: ModelConfig
  fetch: Fetch
  onIgnored: (what: string) => void
  onRefused: (what: string) => void
}

/** A whole answer takes as long as all the pieces of a streamed one would. */
const GENERATE_PATIENCE = 5

/** A model over the AI SDK's model interface, without the layers above it: they cost more than all the rest of the way. */
export function createStreamingModel(source: ModelSource): Model {
  const { config, fetch } = source
  let loading: Promise<ModelFactory> | undefined
  /** Efforts that the provider does not take for this model: it is not asked to again. */
  const refusedEfforts = new Set<ReasoningEffort>()
  let modelId = config.model
  const load = async () => {
    loading ??= Promise.resolve(plans[config.provider].load(config, fetch))
    try {
      return await loading
    } catch (error) {
      // A server that was not there yet may be there the next time.
      loading = undefined
      throw error
    }
  }
  const makeModel = async (watched: Fetch) => {
    const languageModel = (await load())(watched)
    modelId = languageModel.modelId
    // A server that named no model may name one the next time.
    if (modelId === FIRST_OFFERED) loading = undefined
    return languageModel
  }
  return {
    provider: config.provider,
    get model() {
      return modelId
    },
    stream: (request) => stream(new ModelCall(source, request, { makeModel, modelId: () => modelId, refusedEfforts })),
  }
}

async function* stream(call: ModelCall): AsyncGenerator<ModelEvent> {
  try {
    const reader = await call.open()
    if (!reader) {
      yield* await call.generate()
      return
    }
    const events: ModelEvent[] = []
    for (;;) {
      const { done, value } = await reader.read()
      call.signal.throwIfAborted()
      if (done) throw call.endedEarly()
      // The SDK says this before the provider has said anything.
      if (value.type !== 'stream-start') call.deadlines.touch()
      const isLast = call.parts.take(value, events)
      if (isLast) call.checkEnd(events)
      if (events.length === 0) continue
      call.deadlines.hold()
      for (const event of events) yield event
      if (isLast) return
      events.length = 0
      call.deadlines.release()
    }
  } catch (thrown) {
    throw call.explain(thrown)
  } finally {
    call.close()
  }
}

/** What a model's calls have in common. */
interface SharedByCalls {
  makeModel: (fetch: Fetch) => Promise<LanguageModelV4>
  modelId: () => string
  refusedEfforts: Set<ReasoningEffort>
}

/** What one call holds: its connection, its deadlines, and how it is ended. */
class ModelCall {
  readonly parts: StreamParts
  deadlines: DeadlineWatch
  readonly #source: ModelSource
  readonly #request: ModelRequest
  readonly #shared: SharedByCalls
  readonly #controller = new AbortController()
  readonly #limits: ModelDeadlines
  readonly #wire: Wire
  #reader: ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined

  constructor(source: ModelSource, request: ModelRequest, shared: SharedByCalls) {
    this.#source = source
    this.#request = request
    this.#shared = shared
    this.#limits = { ...DEFAULT_DEADLINES, ...source.config.deadlines }
    this.#wire = new Wire(source.fetch, () => this.deadlines.touch())
    this.parts = new StreamParts(source.onIgnored)
    this.deadlines = this.#watch(this.#limits)
    // Loading the provider's package is not the provider's time.
    this.deadlines.hold()
    request.signal.addEventListener('abort', this.#onAbort, { once: true })
    if (request.signal.aborted) this.#onAbort()
  }

  /** Aborted by the caller or by a deadline: the reason is what the caller gets. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  /** Undefined when the provider answers, but not as a stream. */
  async open(): Promise<ReadableStreamDefaultReader<LanguageModelV4StreamPart> | undefined> {
    try {
      const languageModel = await this.#orAborted(this.#shared.makeModel(this.#wire.fetch))
      this.signal.throwIfAborted()
      this.deadlines.release()
      const { stream } = await this.#withEffort((options) => languageModel.doStream(options))
      this.#reader = stream.getReader()
      return this.#reader
    } catch (error) {
      if (this.signal.aborted || !isStreamingRefused(error)) throw error
      return undefined
    }
  }

  async generate(): Promise<ModelEvent[]> {
    this.deadlines.stop()
    this.deadlines = this.#watch({ ...this.#limits, firstByteMs: this.#limits.stallMs * GENERATE_PATIENCE })
    const languageModel = await this.#shared.makeModel(this.#wire.fetch)
    const events = eventsOf(await this.#withEffort((options) => languageModel.doGenerate(options)))
    this.signal.throwIfAborted()
    this.checkEnd(events)
    this.deadlines.hold()
    return events
  }

  /** A stream whose last part says that it is not whole is no complete answer. */
  checkEnd(events: readonly ModelEvent[]): void {
    const last = events.at(-1)
    if (last?.type === 'finish' && last.finishReason === 'interrupted') throw this.endedEarly()
  }

  endedEarly(): Error {
    if (this.#wire.bytes > 0 && !this.parts.hasBegun) return malformedError(this.#context(), 'something that is not a stream of events')
    return cutError(this.#context())
  }

  /** The error to throw: never a foreign one, except the reason of the caller's own abort. */
  explain(thrown: unknown): unknown {
    if (this.signal.aborted) return this.signal.reason
    const error = thrown instanceof StreamedError ? thrown.cause : thrown
    if (isEndWithoutFinish(error)) return this.endedEarly()
    if (isCausedBy(error, WebPageError)) return malformedError(this.#context(), 'a web page', error)
    return toProviderError(error, this.#context())
  }

  /** Lets go of everything. The provider's socket is closed, unless the answer was read to its end. */
  close(): void {
    this.deadlines.stop()
    this.#request.signal.removeEventListener('abort', this.#onAbort)
    if (!this.signal.aborted) this.#abort(new DOMException('The answer is not read any more.', 'AbortError'))
  }

  readonly #onAbort = (): void => this.#abort(this.#request.signal.reason)

  /** Also ends the reading at once: not every stream notices the signal. */
  #abort(reason: unknown): void {
    this.#controller.abort(reason)
    // A stream that is already broken cannot be cancelled, and need not be.
    this.#reader?.cancel(reason).catch(() => undefined)
  }

  /** Loading may wait for a server: Stop does not. */
  #orAborted<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.signal.addEventListener('abort', () => reject(this.signal.reason), { once: true })
      work.then(resolve, reject)
    })
  }

  #watch(limits: ModelDeadlines): DeadlineWatch {
    return new DeadlineWatch(limits, (error) => this.#abort(error))
  }

  #context() {
    return {
      config: { ...this.#source.config, model: this.#shared.modelId() },
      isAccepted: this.#wire.isAccepted,
      hasBegun: this.parts.hasBegun,
    }
  }

  /** An answer without the effort that was wished for is better than none: who refuses it is asked again without. */
  async #withEffort<T>(ask: (options: LanguageModelV4CallOptions) => PromiseLike<T>): Promise<T> {
    const { refusedEfforts } = this.#shared
    const { reasoningEffort: effort } = this.#request
    if (effort === undefined || refusedEfforts.has(effort)) return ask(this.#options(undefined))
    try {
      return await ask(this.#options(effort))
    } catch (error) {
      if (this.signal.aborted || !isEffortRefused(error)) throw error
      const answer = await ask(this.#options(undefined))
      refusedEfforts.add(effort)
      this.#source.onRefused(`the reasoning effort "${effort}" for ${this.#shared.modelId()}`)
      return answer
    }
  }

  #options(effort: ReasoningEffort | undefined): LanguageModelV4CallOptions {
    const { provider } = this.#source.config
    const model = this.#shared.modelId()
    const tools = this.#request.tools.map((tool) => ({ type: 'function' as const, ...tool }))
    const providerOptions = plans[provider].optionsFor?.(model, effort)
    return {
      prompt: toPrompt(this.#request, { provider, model }),
      abortSignal: this.signal,
      ...(tools.length > 0 && { tools }),
      ...(effort && { reasoning: effort }),
      ...(providerOptions && { providerOptions }),
    }
  }
}
