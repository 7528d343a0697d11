import {
  type Client,
  type ElicitResult,
  ProtocolError,
  type RequestOptions,
  SdkError,
  SdkErrorCode,
  SdkHttpError,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { cleanJson } from '#lib/protocol/index.ts'
import type { ProgressUpdate, ToolContext } from '#lib/tools/index.ts'
import type { McpServerConfig } from './config.ts'

export const DEFAULT_SILENCE_MS = 30_000
export const LONGEST_CALL_MS = 10 * 60_000
/** Timers take no more; the call's own deadlines come long before. */
const NEVER_MS = 2_147_483_647

/** The requests of a call. `heard`: see `Call`. */
export type CallRunner<T> = (client: Client, options: RequestOptions, heard: Call['heard']) => Promise<T>

/** What of a server its tools need. */
export interface ToolServer {
  name: string
  config: McpServerConfig
  /** Carries out a request of a tool call. Throws an `Error` that says what became of it. */
  call<T>(context: ToolContext, run: CallRunner<T>): Promise<T>
}

/** A call under way: it has a deadline that progress puts off and that stands still while a person is asked. */
export class Call {
  readonly context: ToolContext
  readonly #end = new AbortController()
  readonly #silenceMs: number
  #timer: NodeJS.Timeout | undefined
  #asking = 0
  #hasBegun = false
  #isClosed = false
  #spentMs = 0
  #countingSince = performance.now()

  constructor(context: ToolContext, silenceMs: number) {
    this.context = context
    this.#silenceMs = silenceMs
    this.#wait()
  }

  /** What the request to the server needs to know. */
  get options(): RequestOptions {
    return {
      signal: AbortSignal.any([this.context.signal, this.#end.signal]),
      timeout: NEVER_MS,
      onprogress: ({ progress, total, message }) =>
        this.heard({ done: progress, ...(total !== undefined && { total }), ...(message !== undefined && { text: `${message}\n` }) }),
    }
  }

  /** The reason why the call was ended from here, if it was. */
  get endedBy(): unknown {
    return this.context.signal.aborted ? this.context.signal.reason : this.#end.signal.reason
  }

  /** True once the server has shown that it works on it: from then on the call is never made again. */
  get hasBegun(): boolean {
    return this.#hasBegun
  }

  /** The server works on it: that puts the deadline off. */
  heard(update?: ProgressUpdate): void {
    this.#hasBegun = true
    this.#wait()
    if (update !== undefined) this.context.progress(update)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  /** Shows the server's question to the user, until the server gives it up. */
  async ask(message: string, schema: unknown, signal: AbortSignal): Promise<ElicitResult> {
    this.#hasBegun = true
    this.#asking += 1
    if (this.#asking === 1) this.#stopClock()
    try {
      const answer = await this.context.ask({ message, schema: cleanJson(schema), signal })
      if (!answer.approved) return { action: 'decline' }
      return { action: 'accept', content: answer.content as NonNullable<ElicitResult['content']> }
    } finally {
      this.#asking -= 1
      if (this.#asking === 0) {
        this.#countingSince = performance.now()
        this.#wait()
      }
    }
  }

  #stopClock(): void {
    clearTimeout(this.#timer)
    this.#spentMs += performance.now() - this.#countingSince
  }

  #wait(): void {
    if (this.#isClosed || this.#asking > 0) return
    clearTimeout(this.#timer)
    const left = LONGEST_CALL_MS - this.#spentMs - (performance.now() - this.#countingSince)
    const isTotal = left < this.#silenceMs
    const ms = Math.max(0, Math.min(left, this.#silenceMs))
    const why = isTotal ? `did not finish within ${LONGEST_CALL_MS / 60_000} minutes` : `said nothing for ${this.#silenceMs / 1_000} s`
    this.#timer = setTimeout(() => this.#end.abort(new Error(`The tool ${why}, and was stopped. Whether it took effect is unknown.`)), ms)
  }
}

/** True for a failure of the connection, not of the request. */
export function isConnectionLost(error: unknown): boolean {
  return (
    error instanceof SdkError &&
    (error.code === SdkErrorCode.ConnectionClosed || error.code === SdkErrorCode.NotConnected || error.code === SdkErrorCode.SendFailed)
  )
}

/** What a call's failure means, in words that help the model. */
export function callError(error: unknown, server: string, call: Call): Error {
  if (call.endedBy instanceof Error && !isConnectionLost(call.endedBy)) return call.endedBy
  if (isConnectionLost(error) || isConnectionLost(call.endedBy) || error instanceof TypeError)
    return new Error(`The MCP server ${server} ended while it ran; whether it took effect is unknown.`)
  // What was refused is not the call, but a question about it.
  if (call.hasBegun && (error instanceof SdkHttpError || error instanceof UnauthorizedError))
    return new Error(`The MCP server ${server} began the call and does not answer for it any more; whether it took effect is unknown.`)
  if (error instanceof UnauthorizedError) return new Error(`Someone has to sign in to the MCP server ${server}. Nothing was run.`)
  // What the SDK says of a result that breaks the protocol is a list of findings for programmers.
  if (error instanceof Error && /^Invalid result\b/.test(error.message))
    return new Error(`The MCP server ${server} answered with what is no result of a tool. Whether the call took effect is unknown.`)
  if (error instanceof ProtocolError) return new Error(`The MCP server ${server} refused the call: ${error.message.slice(0, 2_000)}`)
  return error instanceof Error ? new Error(error.message.slice(0, 2_000)) : new Error('The call failed.')
}

/** The call that a server's question belongs to; undefined when it cannot be told, as between two sessions. */
export function callAsking(calls: ReadonlySet<Call>): Call | undefined {
  const all = [...calls]
  const sessions = new Set(all.map((call) => call.context.sessionId))
  return sessions.size === 1 ? all.at(-1) : undefined
}
