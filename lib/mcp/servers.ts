import { AppError, type JsonValue } from '#lib/protocol/index.ts'
import type { Tool, ToolContext } from '#lib/tools/index.ts'
import { boundedLog } from './bounded-log.ts'
import { type McpServerConfig, parseMcpServers } from './config.ts'
import { createMemoryCredentials, type McpCredentials } from './credentials.ts'
import { failureText } from './failure.ts'
import { promptResult, readResult, toPrompt, toResource } from './result.ts'
import { DEFAULT_TIMING, McpServer, type McpServerStatus, type McpTiming } from './server.ts'
import { SignIn, serverOfState } from './sign-in.ts'
import { createGuardedFetch, type GuardedFetch } from './transport/guarded-fetch.ts'

export interface McpServersOptions {
  servers: Record<string, McpServerConfig>
  /** Where sign-ins are kept. Default: in memory. */
  credentials?: McpCredentials
  /** Where an authorization server sends people back to. Without it nobody can sign in. */
  redirectUrl?: string
  /** Told what servers print, line by line, without what the configuration keeps secret. */
  log?: (server: string, line: string) => void
  /** Told what goes wrong here, beside a server's own state. */
  report?: (server: string, problem: string) => void
  /** Where the process may be frozen, as in a function: servers are connected by `ready` and let go by `rest`. */
  isFrozen?: boolean
  timing?: Partial<McpTiming>
}

type UseContext = Pick<ToolContext, 'saveFile' | 'signal'>

/** All MCP servers of an agent. What a server does harms no other, and nobody who did not call it. */
export interface McpServers {
  /** Connects them, in the background. */
  start(): void
  /** The tools of the servers that are ready. */
  tools(): readonly Tool[]
  status(): McpServerStatus[]
  /** Called when a server's state or what it offers changes. Returns what ends that. */
  onChange(listener: () => void): () => void
  /** Resolves when each server is ready or has failed once, ten seconds after the start at the latest, or when `signal` is aborted. */
  ready(signal: AbortSignal): Promise<void>
  /** Throws `not-found` for a server that is not configured, and an `Error` when it cannot. */
  readResource(server: string, uri: string, context: UseContext): Promise<JsonValue>
  getPrompt(server: string, name: string, given: Record<string, string>, context: UseContext): Promise<JsonValue>
  /** Begins a sign-in: where a person goes on with it. Throws `not-found`, and `unavailable` when the server cannot say. */
  signIn(server: string): Promise<string>
  /** Ends the sign-in that these parameters of the callback belong to. Resolves with the server's name. */
  finishSignIn(params: URLSearchParams): Promise<string>
  /** Closes the connections until `ready` is called. */
  rest(): Promise<void>
  /** Resolves when no connection and no child process is left. */
  stop(): Promise<void>
}

const READY_MS = 10_000

/** Throws `config-invalid` for servers that are not described as they must be. */
export function createMcpServers(options: McpServersOptions): McpServers {
  const { credentials = createMemoryCredentials(), redirectUrl, log, report, isFrozen = false } = options
  const timing = { ...DEFAULT_TIMING, ...options.timing }
  const listeners = new Set<() => void>()
  const guards: GuardedFetch[] = []
  let startedAt = performance.now()
  const onChange = () => {
    for (const listener of listeners) listener()
  }
  const servers = new Map(
    Object.entries(parseMcpServers(options.servers)).map(([name, config]) => {
      const signIn = 'url' in config ? signInTo(name, config.url) : undefined
      const ownLog = boundedLog((line) => log?.(name, line))
      const onFault = (problem: string) => report?.(name, problem)
      return [name, new McpServer({ name, config, signIn, log: ownLog, onFault, onChange, isFrozen, timing })]
    }),
  )

  function signInTo(server: string, url: string): SignIn {
    const guarded = createGuardedFetch(url, { isMetadata: true })
    guards.push(guarded)
    return new SignIn({ server, url, credentials, fetch: guarded.fetch, redirectUrl })
  }

  function get(name: string): McpServer {
    const server = servers.get(name)
    if (!server) throw new AppError('not-found', `There is no MCP server "${name.slice(0, 64)}".`)
    return server
  }

  function signInOf(name: string): { server: McpServer; signIn: SignIn } {
    const server = get(name)
    if (!server.signIn) throw new AppError('invalid-request', `The MCP server "${name}" needs no sign-in: it is a program.`)
    return { server, signIn: server.signIn }
  }

  return {
    start() {
      startedAt = performance.now()
      if (!isFrozen) for (const server of servers.values()) void server.connect()
    },
    tools() {
      const all = new Map<string, Tool>()
      // The first of a name wins.
      for (const server of servers.values()) for (const tool of server.tools) if (!all.has(tool.name)) all.set(tool.name, tool)
      return [...all.values()]
    },
    status: () => [...servers.values()].map((server) => server.status),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async ready(signal) {
      const { promise: waitedEnough, resolve } = Promise.withResolvers<void>()
      const onAbort = () => resolve()
      const timer = setTimeout(onAbort, isFrozen ? READY_MS : Math.max(0, startedAt + READY_MS - performance.now()))
      signal.addEventListener('abort', onAbort, { once: true })
      if (signal.aborted) resolve()
      await Promise.race([waitedEnough, Promise.all([...servers.values()].map((server) => server.settled()))])
      signal.removeEventListener('abort', onAbort)
      clearTimeout(timer)
    },
    async readResource(name, uri, context) {
      const result = await get(name).call(besideRuns(context), (client, options) => client.readResource({ uri }, options))
      return toResource(readResult.parse(result), context)
    },
    async getPrompt(name, prompt, given, context) {
      const request = { name: prompt, arguments: given }
      const result = await get(name).call(besideRuns(context), (client, options) => client.getPrompt(request, options))
      return toPrompt(promptResult.parse(result), context)
    },
    async signIn(name) {
      return failingClearly(() => signInOf(name).signIn.begin(), name)
    },
    async finishSignIn(params) {
      const name = serverOfState(params)
      if (name === undefined || !servers.has(name)) throw new AppError('forbidden', 'This sign-in was not begun here. Begin it again.')
      const { server, signIn } = signInOf(name)
      await failingClearly(() => signIn.finish(params), name)
      void server.connect()
      return name
    },
    async rest() {
      await Promise.all([...servers.values()].map((server) => server.rest()))
    },
    async stop() {
      await Promise.all([...servers.values()].map((server) => server.stop()))
      await Promise.all(guards.map((guarded) => guarded.close()))
    },
  }
}

/** Nobody in a conversation is there to be asked. */
function besideRuns(context: UseContext): ToolContext {
  return { ...context, sessionId: '', callId: '', progress: () => {}, ask: async () => ({ approved: false }) }
}

/** What goes wrong in a sign-in is between two servers: it is told, without what they said to each other. */
async function failingClearly<T>(work: () => Promise<T>, server: string): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError('unavailable', `The sign-in to the MCP server "${server}" did not work: ${failureText(cause)}`, { cause })
  }
}
