import { setTimeout as wait } from 'node:timers/promises'
import {
  Client,
  type ElicitRequestFormParams,
  type ElicitResult,
  ProtocolError,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client'
import { BUILD_ID } from '#lib/protocol/index.ts'
import type { McpServerConfig } from '../config.ts'
import type { SignIn } from '../sign-in.ts'
import { FLOODED } from './flood.ts'
import { createGuardedFetch } from './guarded-fetch.ts'
import { StdioTransport } from './stdio.ts'

const LIST_CHANGE_GATHER_MS = 100
const GOODBYE_MS = 2_000

export interface ConnectionOptions {
  config: McpServerConfig
  /** For servers with an address. */
  signIn: SignIn | undefined
  log: (line: string) => void
  /** `signal`: the server needs no answer any more, or the connection is over. */
  onAsked: (question: ElicitRequestFormParams, signal: AbortSignal) => Promise<ElicitResult>
  onListChanged: () => void
  /** Something went wrong beside a request. */
  onTrouble: () => void
}

/** One connection to a server, from its opening to its end. */
export class Connection {
  readonly client: Client
  /** Resolves with the reason when the connection is over, whoever ended it. */
  readonly over: Promise<string>
  readonly #transport: Transport
  readonly #end: () => Promise<void>
  #heardAt = performance.now()

  constructor({ config, signIn, log, onAsked, onListChanged, onTrouble }: ConnectionOptions) {
    const listChanged = { autoRefresh: false, debounceMs: LIST_CHANGE_GATHER_MS, onChanged: onListChanged }
    this.client = new Client(
      { name: 'rill', version: BUILD_ID || 'dev' },
      {
        capabilities: { elicitation: { form: {} } },
        listChanged: { tools: listChanged, resources: listChanged, prompts: listChanged },
        // Elsewhere a question that an older server does not know may end it.
        versionNegotiation: { mode: transportOf(config) === 'http' ? 'auto' : 'legacy' },
      },
    )
    this.client.setRequestHandler('elicitation/create', ({ params }, { mcpReq: { signal } }) => {
      if (params.mode === 'url') return { action: 'decline' }
      return onAsked(params as ElicitRequestFormParams, signal)
    })
    this.client.onerror = onTrouble
    const { transport, end, ending } = open(config, signIn, log)
    this.#transport = transport
    this.#end = end
    const { promise, resolve } = Promise.withResolvers<string>()
    this.over = promise
    this.client.onclose = () => resolve(ending())
  }

  /** Connects and greets. Throws what the transport or the SDK throws. */
  async open(signal: AbortSignal): Promise<void> {
    await this.client.connect(this.#transport, { signal })
    // The SDK hands each message on to whoever took this place before it.
    const { onmessage } = this.#transport
    this.#transport.onmessage = (message, extra) => {
      this.#heardAt = performance.now()
      onmessage?.(message, extra)
    }
  }

  /** How long the server has said nothing, in ms. */
  get silentMs(): number {
    return performance.now() - this.#heardAt
  }

  /** Throws when the server does not answer in time. */
  async ping(timeoutMs: number): Promise<void> {
    const options = { timeout: timeoutMs }
    try {
      if (this.client.getProtocolEra() === 'modern') await this.client.discover(options)
      else await this.client.ping(options)
    } catch (error) {
      // That it does not know the question is an answer, too.
      if (!(error instanceof ProtocolError)) throw error
    }
    this.#heardAt = performance.now()
  }

  /** Resolves when nothing of it is left, a child process neither. */
  async close(): Promise<void> {
    await this.#end()
    await this.client.close()
  }
}

export function transportOf(config: McpServerConfig): 'stdio' | 'http' | 'sse' {
  if ('command' in config) return 'stdio'
  return config.type === 'sse' ? 'sse' : 'http'
}

interface Opened {
  transport: Transport
  end: () => Promise<void>
  ending: () => string
}

function open(config: McpServerConfig, signIn: SignIn | undefined, log: (line: string) => void): Opened {
  if ('command' in config) {
    const transport = new StdioTransport(config, log)
    return { transport, end: () => transport.close(), ending: () => transport.ending ?? 'It was stopped.' }
  }
  let ended = 'The connection was closed.'
  const onFlood = () => {
    ended = FLOODED
    void transport.close()
  }
  const guarded = createGuardedFetch(config.url, { ...(config.headers && { headers: config.headers }), onFlood })
  const hasOwnCredentials = Object.keys(config.headers ?? {}).some((name) => name.toLowerCase() === 'authorization')
  const options = { fetch: guarded.fetch, ...(signIn && !hasOwnCredentials && { authProvider: signIn.provider() }) }
  const url = new URL(config.url)
  const transport = config.type === 'sse' ? new SSEClientTransport(url, options) : new StreamableHTTPClientTransport(url, options)
  const end = async () => {
    // So that the server need not wonder. One that does not answer is not waited for.
    if ('terminateSession' in transport)
      await Promise.race([transport.terminateSession().catch(() => {}), wait(GOODBYE_MS, undefined, { ref: false })])
    await transport.close()
    await guarded.close()
  }
  return { transport, end, ending: () => ended }
}
