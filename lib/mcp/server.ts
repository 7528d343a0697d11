import { setTimeout as wait } from 'node:timers/promises'
import { type ElicitRequestFormParams, type ElicitResult, SdkHttpError, UnauthorizedError } from '@modelcontextprotocol/client'
import { AppError } from '#lib/protocol/index.ts'
import type { Tool, ToolContext } from '#lib/tools/index.ts'
import { Call, type CallRunner, callAsking, callError, DEFAULT_SILENCE_MS, isConnectionLost, type ToolServer } from './call.ts'
import { type Catalogue, readCatalogue } from './catalogue/catalogue.ts'
import { toolsOf } from './catalogue/tools.ts'
import type { McpServerConfig } from './config.ts'
import { failureText, redactor } from './failure.ts'
import type { SignIn } from './sign-in.ts'
import { Connection, transportOf } from './transport/connection.ts'

const REFRESH_GAP_MS = 1_000

export interface McpTiming {
  /** How long a server may take to be ready. */
  connectMs: number
  /** After so long without a word, a server is asked whether it is there. */
  idleMs: number
  /** How long it may take to answer that. */
  pingMs: number
  /** The wait before the next attempt to connect: doubled with each failure, up to a longest. */
  firstBackoffMs: number
  longestBackoffMs: number
  /** So long a server has to live for its next failure to count as the first. */
  healthyMs: number
  /** How often it is looked whether somebody signed in at another instance. */
  signInPollMs: number
}

export const DEFAULT_TIMING: McpTiming = {
  connectMs: 30_000,
  idleMs: 60_000,
  pingMs: 10_000,
  firstBackoffMs: 1_000,
  longestBackoffMs: 60_000,
  healthyMs: 60_000,
  signInPollMs: 15_000,
}

export interface McpServerStatus {
  name: string
  transport: 'stdio' | 'http' | 'sse'
  /** `idle`: it is connected when it is needed. */
  status: 'idle' | 'connecting' | 'ready' | 'failed' | 'needs-sign-in' | 'disabled'
  since: string
  /** Why it is not ready. Safe to show. */
  error?: string
  nextAttemptAt?: string
  /** What it calls itself. */
  server?: { name: string; version: string }
  tools: number
  resources: number
  prompts: number
  /** What was left out of what it offers, and why; each once. */
  notes: string[]
}

export interface McpServerOptions {
  name: string
  config: McpServerConfig
  signIn: SignIn | undefined
  /** Of what it prints. */
  log: (line: string) => void
  /** Of what goes wrong on this side. */
  onFault: (problem: string) => void
  onChange: () => void
  /** No timer fires while the process is frozen: it is connected when it is needed. */
  isFrozen: boolean
  timing: McpTiming
}

type State = Pick<McpServerStatus, 'status' | 'since' | 'error' | 'nextAttemptAt'>

/** One server of the configuration: connected, watched, connected again. Nothing that it does throws anywhere but in its calls. */
export class McpServer implements ToolServer {
  readonly name: string
  tools: readonly Tool[] = []
  readonly #options: McpServerOptions
  readonly #redact: (text: string) => string
  readonly #calls = new Set<Call>()
  readonly #stopping = new AbortController()
  #state: State = { status: 'connecting', since: new Date().toISOString() }
  #connection: Connection | undefined
  #catalogue: Catalogue | undefined
  #connecting: Promise<void> | undefined
  #closing: Promise<unknown> = Promise.resolve()
  #refreshing: Promise<void> | undefined
  #isStale = false
  #checking: Promise<boolean> | undefined
  #failures = 0
  /** True once an attempt to connect came out. */
  #wasTried = false
  #readyAt = 0
  #retry: NodeJS.Timeout | undefined
  #watch: NodeJS.Timeout | undefined

  constructor(options: McpServerOptions) {
    this.name = options.name
    this.#options = options
    this.#redact = redactor(options.config)
    if (options.config.disabled) this.#enter('disabled')
    else if (options.isFrozen && 'command' in options.config)
      this.#enter('disabled', 'Programs cannot be kept running in functions. Use a server that has an address.')
    else if (options.isFrozen) this.#enter('idle')
  }

  get status(): McpServerStatus {
    const version = this.#connection?.client.getServerVersion()
    const isReady = this.#state.status === 'ready'
    return {
      name: this.name,
      transport: transportOf(this.#options.config),
      ...this.#state,
      ...(version && { server: { name: String(version.name).slice(0, 100), version: String(version.version).slice(0, 100) } }),
      tools: isReady ? this.tools.length : 0,
      resources: isReady ? (this.#catalogue?.resources.length ?? 0) : 0,
      prompts: isReady ? (this.#catalogue?.prompts.length ?? 0) : 0,
      notes: isReady ? [...new Set(this.#catalogue?.notes)] : [],
    }
  }

  get config(): McpServerConfig {
    return this.#options.config
  }

  get signIn(): SignIn | undefined {
    return this.#options.signIn
  }

  /** Connects unless it is connected or not to be. Resolves when that came out, either way. */
  connect(): Promise<void> {
    const { status } = this.#state
    if (this.#stopping.signal.aborted || status === 'disabled' || status === 'ready') return Promise.resolve()
    this.#connecting ??= this.#tryConnect().finally(() => {
      this.#connecting = undefined
      this.#wasTried = true
    })
    return this.#connecting
  }

  /** Like `connect`, but leaves alone what failed and waits for its next attempt. */
  async settled(): Promise<void> {
    const { nextAttemptAt } = this.#state
    const isDue = nextAttemptAt === undefined || Date.parse(nextAttemptAt) <= Date.now()
    if (this.#options.isFrozen ? isDue : !this.#wasTried) await this.connect()
  }

  /** Ends the connection until `connect` is called. */
  async rest(): Promise<void> {
    await this.#connecting
    if (this.#state.status === 'ready') this.#enter('idle')
    await this.#drop()
  }

  /** Resolves when nothing of it is left running. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    clearTimeout(this.#retry)
    await this.#drop()
    await this.#connecting
    await this.#closing
    this.tools = []
  }

  async call<T>(context: ToolContext, run: CallRunner<T>): Promise<T> {
    const call = new Call(context, this.#options.config.timeoutMs ?? DEFAULT_SILENCE_MS)
    this.#calls.add(call)
    try {
      return await this.#request(call, run)
    } catch (error) {
      const failure = callError(error, this.name, call)
      throw failure === error ? failure : new Error(this.#redact(failure.message), { cause: error })
    } finally {
      call.close()
      this.#calls.delete(call)
    }
  }

  async #request<T>(call: Call, run: CallRunner<T>): Promise<T> {
    const connection = await this.#usable()
    try {
      return await run(connection.client, call.options, (update) => call.heard(update))
    } catch (error) {
      if (isLost(error) && call.endedBy === undefined) this.#lose(connection, failureText(error))
      if (error instanceof UnauthorizedError && this.#connection === connection) this.#fail(connection, error, '')
      // Only what never got as far as the tool is made again.
      if (!isSessionLost(error) || call.hasBegun) throw error
      const next = await this.#usable()
      return await run(next.client, call.options, (update) => call.heard(update))
    }
  }

  async #usable(): Promise<Connection> {
    if (this.#state.status !== 'ready' && this.#failures <= 1) await this.connect()
    if (this.#connection && this.#connection.silentMs > this.#options.timing.idleMs) await this.#isAlive()
    if (this.#state.status === 'ready' && this.#connection) return this.#connection
    throw new AppError(
      'unavailable',
      `The MCP server ${this.name} is not there: ${this.#state.error ?? 'it is being connected'} Nothing was run.`,
    )
  }

  async #tryConnect(): Promise<void> {
    clearTimeout(this.#retry)
    await this.#closing
    if (this.#stopping.signal.aborted) return
    this.#enter('connecting')
    this.#isStale = false
    const connection = new Connection({
      config: this.#options.config,
      signIn: this.#options.signIn,
      log: (line) => this.#options.log(this.#redact(line)),
      onAsked: (question, signal) => this.#ask(question, signal),
      onListChanged: () => this.#refresh(),
      onTrouble: () => void this.#onTrouble(),
    })
    this.#connection = connection
    const { connectMs } = this.#options.timing
    const deadline = AbortSignal.timeout(connectMs)
    const signal = AbortSignal.any([deadline, this.#stopping.signal])
    try {
      await Promise.race([this.#greet(connection, signal), failWhenAborted(signal)])
    } catch (error) {
      if (this.#stopping.signal.aborted) return this.#dropConnection(connection)
      this.#fail(connection, error, deadline.aborted ? `It did not answer within ${connectMs / 1_000} s.` : failureText(error))
    }
  }

  async #greet(connection: Connection, signal: AbortSignal): Promise<void> {
    let catalogue: Catalogue
    try {
      await connection.open(signal)
      catalogue = await readCatalogue(connection.client, { signal })
    } catch (error) {
      // How it ended says more than that it is gone.
      throw isConnectionLost(error) ? new Error(await connection.over) : error
    }
    if (this.#connection !== connection || signal.aborted) return
    this.#take(catalogue)
    this.#readyAt = performance.now()
    this.#enter('ready')
    void connection.over.then((reason) => this.#lose(connection, reason))
    // What changed while it was read.
    if (this.#isStale) this.#refresh()
    if (this.#options.isFrozen) return
    const { idleMs } = this.#options.timing
    this.#watch = setInterval(() => {
      if (this.#calls.size === 0 && connection.silentMs >= idleMs) void this.#isAlive()
    }, idleMs)
    this.#watch.unref()
  }

  #take(catalogue: Catalogue): void {
    this.#catalogue = catalogue
    this.tools = toolsOf(this, catalogue)
  }

  /** One at a time; what changes meanwhile is read once more. */
  #refresh(): void {
    const connection = this.#connection
    this.#isStale = true
    if (!connection || this.#refreshing || this.#state.status !== 'ready') return
    this.#refreshing = this.#readAgain(connection).finally(() => {
      this.#refreshing = undefined
      // Of a connection that came meanwhile.
      if (this.#isStale) this.#refresh()
    })
  }

  async #readAgain(connection: Connection): Promise<void> {
    while (this.#isStale && this.#connection === connection) {
      this.#isStale = false
      try {
        const catalogue = await readCatalogue(connection.client, { timeout: this.#options.timing.connectMs })
        if (this.#connection !== connection) return
        this.#take(catalogue)
        this.#options.onChange()
        // A server that changes all the time is not followed at every turn.
        await wait(REFRESH_GAP_MS, undefined, { ref: false })
      } catch (error) {
        this.#lose(connection, failureText(error))
      }
    }
  }

  async #ask(question: ElicitRequestFormParams, signal: AbortSignal): Promise<ElicitResult> {
    const call = callAsking(this.#calls)
    // Nobody is there to answer, or it might be asked of the wrong person.
    if (!call) return { action: 'decline' }
    return call.ask(question.message, question.requestedSchema, signal)
  }

  async #onTrouble(): Promise<void> {
    if (this.#state.status === 'ready' && transportOf(this.#options.config) !== 'stdio') await this.#isAlive()
  }

  #isAlive(): Promise<boolean> {
    const connection = this.#connection
    if (!connection) return Promise.resolve(false)
    this.#checking ??= connection
      .ping(this.#options.timing.pingMs)
      .then(
        () => true,
        (error: unknown) => {
          this.#lose(connection, `It did not answer. ${failureText(error)}`)
          return false
        },
      )
      .finally(() => {
        this.#checking = undefined
      })
    return this.#checking
  }

  #lose(connection: Connection, reason: string): void {
    if (this.#connection !== connection || this.#stopping.signal.aborted || this.#state.status !== 'ready') return
    if (performance.now() - this.#readyAt >= this.#options.timing.healthyMs) this.#failures = 0
    this.#fail(connection, undefined, reason)
  }

  #fail(connection: Connection, error: unknown, reason: string): void {
    this.#dropConnection(connection)
    const needsSignIn = error instanceof UnauthorizedError
    if (needsSignIn) {
      this.#enter('needs-sign-in', 'Someone has to sign in to it.')
      this.#pollSignIn()
      return
    }
    this.#failures += 1
    const { firstBackoffMs, longestBackoffMs } = this.#options.timing
    const ms = Math.min(firstBackoffMs * 2 ** (this.#failures - 1), longestBackoffMs)
    this.#enter('failed', this.#redact(reason), new Date(Date.now() + ms).toISOString())
    this.#retryIn(ms, () => this.connect())
  }

  #pollSignIn(): void {
    this.#retryIn(this.#options.timing.signInPollMs, async () => {
      try {
        if (await this.#options.signIn?.hasChanged()) return await this.connect()
      } catch (error) {
        this.#options.onFault(this.#redact(`Its sign-in cannot be read: ${failureText(error)}`))
      }
      this.#pollSignIn()
    })
  }

  #retryIn(ms: number, attempt: () => Promise<void>): void {
    if (this.#options.isFrozen || this.#stopping.signal.aborted) return
    this.#retry = setTimeout(attempt, ms)
    this.#retry.unref()
  }

  async #drop(): Promise<void> {
    if (this.#connection) this.#dropConnection(this.#connection)
    await this.#closing
  }

  #dropConnection(connection: Connection): void {
    clearInterval(this.#watch)
    if (this.#connection === connection) this.#connection = undefined
    this.tools = []
    const tell = (error: unknown) => this.#options.onFault(this.#redact(`It did not close well: ${failureText(error)}`))
    this.#closing = Promise.all([this.#closing, connection.close().catch(tell)])
  }

  #enter(status: State['status'], error?: string, nextAttemptAt?: string): void {
    this.#state = {
      status,
      since: new Date().toISOString(),
      ...(error !== undefined && { error }),
      ...(nextAttemptAt !== undefined && { nextAttemptAt }),
    }
    this.#options.onChange()
  }
}

function failWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
}

/** Of a server that has forgotten the session: it was restarted, or has put it aside. */
function isSessionLost(error: unknown): boolean {
  return error instanceof SdkHttpError && error.status === 404
}

function isLost(error: unknown): boolean {
  return isConnectionLost(error) || isSessionLost(error) || error instanceof TypeError
}
