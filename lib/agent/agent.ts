import type { LogEntry } from '#lib/log/index.ts'
import { createMcpServers, type McpServerConfig, type McpServers } from '#lib/mcp/index.ts'
import {
  AppError,
  cleanText,
  type EventType,
  newId,
  type QueueMode,
  type Rating,
  type RillEvent,
  type SessionInfo,
  toAppError,
} from '#lib/protocol/index.ts'
import { contextTokensOf, createModels, type Model, type ModelConfig } from '#lib/providers/index.ts'
import { builtInTools, createSearchConversations, type Tool, type ToolDefinition, tool } from '#lib/tools/index.ts'
import { followRun } from './follow-run.ts'
import { collect, type GenerateResult } from './generate.ts'
import { type Listener, Listeners } from './listeners.ts'
import { createMemoryStore } from './memory/memory-store.ts'
import type { Price } from './models/cost.ts'
import { chooseModel, type ModelSource, modelOf, onlyModel } from './models/model-of-run.ts'
import { priceOf } from './models/prices.ts'
import { makeTitle } from './models/title.ts'
import { NO_OBSERVER, type Observer, observeAll } from './observer.ts'
import { carryOut, DEFAULT_LIMITS, HANDOVER, OUT_OF_TIME, type RunLimits } from './run.ts'
import { RunLog } from './run-log.ts'
import { DEFAULT_RETRY, type RetryPolicy } from './step.ts'
import {
  type Accepted,
  type AgentStore,
  answeredBy,
  type CreateSession,
  type Decision,
  EXPIRED,
  type ModelName,
  type Regenerate,
  type SessionSettings,
  type StoredFile,
} from './store.ts'
import { PausableTimer } from './tools/pausable-timer.ts'
import type { ToolPolicies } from './tools/tool-policy.ts'

/** How often an agent that is its own server looks for what has expired. */
const SWEEP_MS = 60_000

export interface AgentOptions {
  /** Which model to talk to, or one that is made already. */
  llm: ModelConfig | Model
  /** What else a session may choose, and who names and summarises. Default: the other models of `llm`'s provider. */
  models?: ModelSource
  systemPrompt?: string
  /** Tools beside the built-in ones. A definition becomes a tool, or throws, as with `tool`. */
  tools?: (Tool | ToolDefinition)[]
  /** MCP servers whose tools are offered beside, or servers that are made already. */
  mcpServers?: Record<string, McpServerConfig> | McpServers
  /** Whether a tool's calls are run unasked, by its name; `*` is for tools that say nothing of themselves. */
  policies?: ToolPolicies
  limits?: Partial<RunLimits>
  retry?: Partial<RetryPolicy>
  /** What a million tokens of a model cost, by "provider/model", in US dollars. Default: what is known of well-known models. */
  prices?: Readonly<Record<string, Price>>
  /** Tokens that a model can hold whose name does not tell. Default: 128,000. */
  contextTokens?: number
  /** Where sessions are kept. Default: in memory. */
  store?: AgentStore
  /** Told of a run that may begin; whoever takes it calls `execute`. Default: it begins here at once. */
  dispatch?: (runId: string) => void
  /** Told of runs, steps and calls as they happen. */
  observer?: Observer
  /** Told of what failed beside a run. Default: the console is. */
  onError?: (what: string, error: unknown) => void
}

export interface StreamOptions {
  /** Without it a session is made. */
  sessionId?: string | null | undefined
  /** Stops the run, as `cancel` does. */
  signal?: AbortSignal
}

/** What became of a run here: it is over (or was never ours), another worker must go on or already has it, or it waits for a person. */
export type RunOutcome = 'over' | 'handed-over' | 'lost' | 'waiting'

interface ActiveRun {
  controller: AbortController
  done: Promise<RunOutcome>
}

/** An agent: sessions, runs and their events. Runs belong to the agent, not to the caller that began them. */
export class DextoAgent {
  readonly model: Model
  readonly #models: ModelSource
  readonly #store: AgentStore
  readonly #tools: Map<string, Tool>
  /** Undefined when none is configured. */
  readonly mcp: McpServers | undefined
  readonly #policies: ToolPolicies
  readonly #prices: Readonly<Record<string, Price>>
  /** The default model's, as "provider/model". */
  readonly #configuredName: string
  readonly #contextTokens: number | undefined
  readonly #systemPrompt: string | undefined
  readonly #limits: RunLimits
  readonly #retry: RetryPolicy
  readonly #dispatch: (runId: string) => void
  readonly #isDispatchedElsewhere: boolean
  readonly #observer: Observer
  readonly #onError: (what: string, error: unknown) => void
  readonly #listeners = new Listeners()
  readonly #runs = new Map<string, ActiveRun>()
  /** Of the runs that are carried out here, by session. */
  readonly #logs = new Map<string, RunLog>()
  readonly #background = new Set<Promise<unknown>>()
  readonly #draining = new AbortController()
  readonly #stopping = new AbortController()
  /** What no longer listens to a caller's signal when the run is over. */
  readonly #signals = new Map<string, () => void>()
  #stopListening: (() => void) | undefined
  #sweeping: ReturnType<typeof setInterval> | undefined

  constructor(options: AgentOptions) {
    const { llm } = options
    checkNamed(llm)
    const made = 'stream' in llm ? { default: llm, ...onlyModel(llm) } : createModels({ default: llm, providers: [llm] })
    this.model = made.default
    this.#configuredName = `${this.model.provider}/${this.model.model}`
    this.#models = options.models ?? made
    this.#store = options.store ?? createMemoryStore()
    const search = createSearchConversations((...asked) => this.#store.searchMessages(...asked))
    this.#tools = new Map([...builtInTools, search].map((one) => [one.name, one]))
    for (const given of options.tools ?? []) this.addTool(given)
    this.mcp = serversOf(options.mcpServers)
    this.#policies = options.policies ?? {}
    this.#prices = options.prices ?? {}
    this.#contextTokens = options.contextTokens
    this.#systemPrompt = options.systemPrompt
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits }
    this.#retry = { ...DEFAULT_RETRY, ...options.retry }
    this.#dispatch =
      options.dispatch ?? ((runId) => void this.execute(runId).catch((error: unknown) => console.error(`Run ${runId} was let go:`, error)))
    this.#isDispatchedElsewhere = options.dispatch !== undefined
    this.#onError = options.onError ?? ((what, error) => console.error(what, error))
    const { observer } = options
    this.#observer = observer ? observeAll([observer], (error) => this.#onError('An observer threw:', error), observer.counts) : NO_OBSERVER
  }

  /** Throws `not-started` when it was stopped. */
  async start(): Promise<void> {
    if (this.#stopping.signal.aborted) throw new AppError('not-started', 'The agent was stopped. Make a new one.')
    this.mcp?.start()
    this.#stopListening ??= this.#store.log.onCommitted((entries) => this.#onCommitted(entries))
    if (this.#isDispatchedElsewhere) return
    this.#sweeping ??= setInterval(() => {
      void this.expireApprovals().catch((error: unknown) => this.#onError('Approvals that expired could not be refused:', error))
      void this.purgeDeleted().catch((error: unknown) => this.#onError('Deleted messages could not be removed:', error))
    }, SWEEP_MS)
    this.#sweeping.unref()
  }

  /** Takes the place of one of the same name. Counts from the next step of each run on. A definition that is not valid throws. */
  addTool(given: Tool | ToolDefinition): this {
    const made = 'parse' in given ? given : tool(given)
    this.#tools.set(made.name, made)
    return this
  }

  /** False when there was none. Calls that are under way end as they would. */
  removeTool(name: string): boolean {
    return this.#tools.delete(name)
  }

  /** Resolves when what follows a run, like the session's title, is done. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#background)
  }

  /** Takes no messages any more, and lets go of each run before its next step, for another worker to go on. */
  drain(): void {
    this.#draining.abort()
  }

  /**
   * Ends the agent: runs that are active are handed over where the store outlives this process, else stopped. Resolves when
   * nothing of it is left running.
   */
  async stop(): Promise<void> {
    if (!this.#stopListening) return
    const reason = this.#isDispatchedElsewhere ? HANDOVER : stopped()
    this.#stopping.abort()
    // The end of one may begin the next.
    while (this.#runs.size > 0) {
      for (const run of this.#runs.values()) run.controller.abort(reason)
      await Promise.allSettled([...this.#runs.values()].map((run) => run.done))
    }
    await this.settled()
    clearInterval(this.#sweeping)
    await this.mcp?.stop()
    this.#stopListening?.()
    this.#stopListening = undefined
    if (!this.#isDispatchedElsewhere) await this.#store.close()
  }

  async createSession(input: CreateSession = {}): Promise<SessionInfo> {
    this.#checkStarted()
    this.#checkModel(input)
    return this.#store.createSession(input)
  }

  /** Throws `session-not-found`. */
  async getSession(sessionId: string): Promise<SessionInfo> {
    this.#checkStarted()
    const session = await this.#store.getSession(sessionId)
    if (!session) throw sessionNotFound(sessionId)
    return session
  }

  async listSessions(): Promise<SessionInfo[]> {
    this.#checkStarted()
    return this.#store.listSessions()
  }

  /** Throws `session-not-found`. */
  async renameSession(sessionId: string, title: string): Promise<SessionInfo> {
    this.#checkStarted()
    const session = await this.#store.renameSession(sessionId, title)
    if (!session) throw sessionNotFound(sessionId)
    return session
  }

  /** Counts from the next run on. Throws `session-not-found`, and `invalid-request` for a model that is not configured. */
  async updateSettings(sessionId: string, settings: SessionSettings): Promise<SessionInfo> {
    this.#checkStarted()
    this.#checkModel(settings)
    const session = await this.#store.updateSettings(sessionId, settings)
    if (!session) throw sessionNotFound(sessionId)
    return session
  }

  /** Stops what runs in the session and removes it. Throws `session-not-found`. */
  async deleteSession(sessionId: string): Promise<void> {
    await this.getSession(sessionId)
    await this.#endRuns(sessionId)
    if (!(await this.#store.deleteSession(sessionId))) throw sessionNotFound(sessionId)
  }

  /** Stops the session's runs, one after another, so that whoever follows them sees their end. */
  async #endRuns(sessionId: string): Promise<void> {
    for (let runId = await this.#store.activeRunId(sessionId); runId !== null; runId = await this.#store.activeRunId(sessionId)) {
      await this.cancelRun(runId)
      const running = this.#runs.get(runId)
      if (!running) return
      await running.done
    }
  }

  /**
   * Begins a run and gives its events, from the first to `run:complete`. A failed run then throws an `AppError` with the code
   * of its `llm:error`. Leaving the loop early leaves the run going. A busy session answers in turn.
   */
  async stream(text: string, options: StreamOptions = {}): Promise<AsyncIterableIterator<RillEvent>> {
    this.#checkStarted()
    options.signal?.throwIfAborted()
    const sessionId = options.sessionId || (await this.createSession()).id
    const accepted = await this.send({ sessionId, text })
    await this.#cancelOn(options.signal, accepted.runId)
    return followRun(this.#store.log, { sessionId, runId: accepted.runId, after: options.sessionId ? accepted.cursor - 1 : 0 })
  }

  /** The complete answer. Throws an `AppError` when the run failed. */
  async generate(text: string, options: StreamOptions = {}): Promise<GenerateResult> {
    return collect(await this.stream(text, options))
  }

  /**
   * Accepts a message and begins its run, or queues it. Idempotent by `messageId`. With `replaces`, it takes the place of that user
   * message, on a branch of its own. Throws `invalid-request` for no text.
   */
  async send(input: { sessionId: string; text: string; messageId?: string; mode?: QueueMode; replaces?: string }): Promise<Accepted> {
    this.#checkTakesWork()
    const text = textToSend(input.text)
    const accepted = await this.#store.acceptMessage({ ...input, text, messageId: input.messageId ?? newId() })
    if (accepted.isRunnable) this.#dispatch(accepted.runId)
    return accepted
  }

  /** Answers the last user message again. */
  async retry(sessionId: string): Promise<Accepted> {
    return this.regenerate({ sessionId })
  }

  /**
   * Answers a message again, beside the answers that it has; `messageId` is one of them, or the message. `model` answers this once.
   * Throws `not-found`; `conflict` while a run is active; `invalid-request` for a model that is not configured.
   */
  async regenerate(input: Regenerate): Promise<Accepted> {
    this.#checkTakesWork()
    this.#checkModel(input)
    const accepted = await this.#store.regenerate(input)
    this.#dispatch(accepted.runId)
    return accepted
  }

  /** Shows the newest branch that goes through a message. Throws `not-found`; `conflict` while a run is active. */
  async selectBranch(sessionId: string, messageId: string): Promise<void> {
    this.#checkStarted()
    await this.#store.selectBranch(sessionId, messageId)
  }

  /**
   * Deletes a user message with all answers to it, whichever of them is named; what follows them stays. Returns their ids. Throws
   * `not-found`; `conflict` while it is answered, or waits.
   */
  async deletePair(sessionId: string, messageId: string): Promise<string[]> {
    this.#checkStarted()
    return this.#store.deletePair(sessionId, messageId)
  }

  /** Brings back what was deleted within a day, and shows the branch that it stands on. Throws `not-found`. */
  async restoreMessages(sessionId: string, messageIds: string[]): Promise<void> {
    this.#checkStarted()
    await this.#store.restoreMessages(sessionId, messageIds)
  }

  /** Of an answer that is complete; null takes it back. Throws `not-found`. */
  async rate(sessionId: string, messageId: string, rating: Rating | null): Promise<void> {
    this.#checkStarted()
    await this.#store.rate(sessionId, messageId, rating)
  }

  /** Removes for good what was deleted too long ago to be brought back. To be called now and then, as `expireApprovals`. */
  async purgeDeleted(): Promise<void> {
    await this.#store.purgeDeleted()
  }

  /** Stops the run that is active in a session. Idempotent: false when none was. */
  async cancel(sessionId: string): Promise<boolean> {
    this.#checkStarted()
    const runId = await this.#store.activeRunId(sessionId)
    return runId !== null && this.cancelRun(runId)
  }

  /** Stops one run, wherever it is. False when it was over. */
  async cancelRun(runId: string): Promise<boolean> {
    this.#checkStarted()
    const noted = await this.#store.requestCancel(runId, this.#modelName())
    this.stopHere(runId)
    if (noted === 'runnable') this.#dispatch(runId)
    return noted !== 'over'
  }

  /** Changes a message that waits. Throws `not-found`; `conflict` when its turn has come. */
  async updateQueued(sessionId: string, messageId: string, update: { text?: string; mode?: QueueMode }): Promise<void> {
    this.#checkStarted()
    const { text, mode } = update
    await this.#store.updateQueued(sessionId, messageId, {
      ...(text !== undefined && { text: textToSend(text) }),
      ...(mode !== undefined && { mode }),
    })
  }

  /** Removes a message that waits. Throws `not-found`; `conflict` when its turn has come. */
  async removeQueued(sessionId: string, messageId: string): Promise<void> {
    this.#checkStarted()
    await this.#store.removeQueued(sessionId, messageId, this.#modelName())
  }

  /** What is not named stays behind what is; what does not wait is passed over. */
  async reorderQueue(sessionId: string, messageIds: string[]): Promise<void> {
    this.#checkStarted()
    await this.#store.reorderQueue(sessionId, messageIds)
  }

  /**
   * Decides what a run asked (`approval:request`); the first decision stands. Throws `not-found`; `conflict` when it was decided,
   * has expired, or the run is over.
   */
  async respond(approvalId: string, decision: Omit<Decision, 'by'> & { by?: string }): Promise<void> {
    this.#checkStarted()
    const { runId, isRunnable, isExpired } = await this.#store.decide(approvalId, { by: 'script', ...decision })
    if (isRunnable) this.#dispatch(runId)
    if (isExpired) throw new AppError('conflict', `${EXPIRED.reason}. It counts as a refusal.`)
  }

  /** What nobody decided in time is refused. To be called now and then where the agent does not do it itself. */
  async expireApprovals(): Promise<void> {
    for (const approvalId of await this.#store.expiredApprovals()) {
      const decided = await this.#store.decide(approvalId, EXPIRED).catch(ignoreTooLate)
      if (decided?.isRunnable) this.#dispatch(decided.runId)
    }
  }

  /** What a tool kept with `saveFile`, by the end of its URL. */
  async getFile(id: string): Promise<StoredFile | null> {
    this.#checkStarted()
    return this.#store.getFile(id)
  }

  /** Names in `policies` under which there is no tool. Those of MCP servers come and go, and are not looked at. */
  get unknownPolicies(): string[] {
    return Object.keys(this.#policies).filter((name) => name !== '*' && !name.includes('__') && !this.#tools.has(name))
  }

  /** Stops a run whose end was asked for elsewhere, if this agent carries it out. */
  stopHere(runId: string): void {
    this.#runs.get(runId)?.controller.abort(stopped())
  }

  on<T extends EventType>(type: T, listener: Listener<T>): this {
    this.#listeners.add(type, listener)
    return this
  }

  off<T extends EventType>(type: T, listener: Listener<T>): this {
    this.#listeners.remove(type, listener)
    return this
  }

  once<T extends EventType>(type: T, listener: Listener<T>): this {
    this.#listeners.add(
      type,
      (event) => {
        this.#listeners.remove(type, listener)
        return listener(event)
      },
      listener,
    )
    return this
  }

  /**
   * Carries out a run in this process, to its end. Resolves at once when it is over or not its turn. `signal` hands the run
   * over: it stops here without an end. Throws when the log cannot be written.
   */
  async execute(runId: string, signal?: AbortSignal): Promise<RunOutcome> {
    for (let running = this.#runs.get(runId); running; running = this.#runs.get(runId)) {
      const outcome = await running.done
      // One that began to wait may be runnable again by now: then this is its next turn.
      if (outcome !== 'waiting') return outcome
    }
    const run: ActiveRun = { controller: new AbortController(), done: Promise.resolve('over') }
    const handOver = () => run.controller.abort(HANDOVER)
    signal?.addEventListener('abort', handOver, { once: true })
    // Also while its turn was waited for.
    if (signal?.aborted) handOver()
    run.done = this.#carryOut(runId, run).finally(() => {
      signal?.removeEventListener('abort', handOver)
      this.#runs.delete(runId)
    })
    this.#runs.set(runId, run)
    return run.done
  }

  async #carryOut(runId: string, run: ActiveRun): Promise<RunOutcome> {
    const claimed = await this.#store.claimRun(runId, chooseModel(this.model))
    if (!claimed) return 'over'
    const model = modelOf(answeredBy(claimed.state) ?? this.model, { own: this.model, models: this.#models })
    const { signal } = run.controller
    // What earlier workers worked counts; that a run waited, or that its server was away, does not.
    const leftMs = Math.max(0, this.#limits.durationMs - (claimed.state.activeRun?.workedMs ?? 0))
    const timer = new PausableTimer(leftMs, () => run.controller.abort(OUT_OF_TIME))
    const log = new RunLog(this.#store.log, claimed, (reason) => run.controller.abort(reason), this.#observer)
    this.#logs.set(claimed.sessionId, log)
    try {
      await this.mcp?.ready(signal)
      const left = await carryOut(log, this.#store, {
        model,
        reasoningEffort: claimed.state.session.reasoningEffort,
        systemPrompt: this.#systemPrompt,
        runner: { tools: () => this.#toolsNow(), policies: this.#policies, store: this.#store, signal, pause: () => timer.pause() },
        limits: this.#limits,
        retry: this.#retry,
        price: this.#priceOf(model),
        compaction: {
          contextTokens: contextTokensOf(model.model, this.#contextTokens),
          summarizer: this.#smallModel(model),
          onError: this.#onError,
        },
        draining: this.#draining.signal,
        stop: (reason) => run.controller.abort(reason),
      })
      if (left.type === 'waiting') {
        if (left.isRunnable) this.#dispatch(runId)
        return 'waiting'
      }
      const { next, finishReason } = left
      if (next !== null) this.#dispatch(next)
      if (finishReason !== 'error' && finishReason !== 'cancelled') this.#inBackground(this.#giveTitle(claimed.sessionId, model))
      return 'over'
    } catch (error) {
      log.observed.end(error === HANDOVER ? { status: 'handed-over' } : { status: 'refused', error: toAppError(error) })
      if (error === HANDOVER) return 'handed-over'
      if (error instanceof AppError && error.code === 'run-fenced') return 'lost'
      throw error
    } finally {
      timer.stop()
      if (this.#logs.get(claimed.sessionId) === log) this.#logs.delete(claimed.sessionId)
    }
  }

  #modelName(): ModelName {
    const { provider, model } = this.model
    return { provider, model }
  }

  /** Who names and summarises what a model has answered. */
  #smallModel(answering: Model): Model {
    return this.#models.small ?? answering
  }

  /** What MCP servers offer may be another thing at each step. */
  #toolsNow(): ReadonlyMap<string, Tool> {
    const tools = new Map(this.#tools)
    for (const one of this.mcp?.tools() ?? []) if (!tools.has(one.name)) tools.set(one.name, one)
    return tools
  }

  #inBackground(work: Promise<unknown>): void {
    const task = work
      .catch((error: unknown) => this.#onError('A session got no title:', error))
      .finally(() => this.#background.delete(task))
    this.#background.add(task)
  }

  async #giveTitle(sessionId: string, answering: Model): Promise<void> {
    const snapshot = await this.#store.snapshot(sessionId)
    if (!snapshot || snapshot.session.title !== null || snapshot.hasOlder) return
    const title = await makeTitle(this.#smallModel(answering), snapshot.messages, this.#stopping.signal, this.#observer)
    if (title !== null) await this.#store.renameSession(sessionId, title, { onlyUntitled: true })
  }

  #onCommitted(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      this.#logs.get(entry.sessionId)?.fold(entry)
      if (entry.type === 'run:complete' && entry.runId !== null) {
        this.#signals.get(entry.runId)?.()
        this.#signals.delete(entry.runId)
      }
      // Whoever writes to an event writes to a copy: the log's is everybody's.
      if (!this.#listeners.isEmpty) this.#listeners.emit(structuredClone(entry.event))
    }
  }

  async #cancelOn(signal: AbortSignal | undefined, runId: string): Promise<void> {
    if (signal?.aborted) await this.cancelRun(runId)
    if (!signal || signal.aborted) return
    const onAbort = () => void this.cancelRun(runId).catch((error: unknown) => this.#onError('A run could not be stopped:', error))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#signals.set(runId, () => signal.removeEventListener('abort', onAbort))
  }

  #checkTakesWork(): void {
    this.#checkStarted()
    if (this.#draining.signal.aborted)
      throw new AppError('unavailable', 'The server is being replaced. Try again in a moment.', { recoverable: true })
  }

  /** Refused when it is chosen, not when it is needed. A limit on cost that one choice would lift were none. */
  #checkModel({ model: name }: Pick<SessionSettings, 'model'>): void {
    if (!name) return
    const model = this.#models.get(name)
    if (Number.isFinite(this.#limits.cost) && !this.#priceOf(model))
      throw new AppError('invalid-request', `${name} cannot be chosen: what an answer may cost is limited, and its price is not known.`, {
        field: 'model',
      })
  }

  /** By its configured name too: a local server may say another one once it has answered. */
  #priceOf(model: Model): Price | undefined {
    return priceOf(model, this.#prices) ?? (model === this.model ? this.#prices[this.#configuredName] : undefined)
  }

  #checkStarted(): void {
    if (!this.#stopListening) throw new AppError('not-started', 'The agent is not started. Call "await agent.start()" first.')
  }
}

function serversOf(given: AgentOptions['mcpServers']): McpServers | undefined {
  if (given === undefined) return undefined
  if (isMade(given)) return given
  return createMcpServers({ servers: given })
}

function isMade(given: NonNullable<AgentOptions['mcpServers']>): given is McpServers {
  return typeof given.status === 'function'
}

/** Every answer says who wrote it. */
function checkNamed({ provider, model }: Pick<Model, 'provider' | 'model'>): void {
  for (const [field, value] of Object.entries({ provider, model }))
    if (typeof value !== 'string' || value === '')
      throw new AppError('config-invalid', `llm.${field} is missing: name a provider and a model, as { provider: 'demo', model: 'demo' }.`)
}

/** Programs that are not type-checked send anything, and what is in the log must be readable for ever. */
function textToSend(text: unknown): string {
  if (typeof text === 'string' && text.trim() !== '') return cleanText(text)
  throw new AppError('invalid-request', 'A message must be text, and not empty.', { field: 'text' })
}

/** Somebody decided in the last moment, or the session is gone. */
function ignoreTooLate(error: unknown): undefined {
  if (!(error instanceof AppError) || !TOO_LATE.has(error.code)) throw error
}

const TOO_LATE: ReadonlySet<string> = new Set(['conflict', 'not-found', 'session-not-found'])

function stopped(): AppError {
  return new AppError('cancelled', 'Stopped.')
}

function sessionNotFound(sessionId: string): AppError {
  return new AppError('session-not-found', `There is no session ${sessionId}.`)
}
