import type { FetchLike } from '@modelcontextprotocol/client'
import { Agent, fetch as dial } from 'undici'
import { checkPublicLiteral, isOnPublicAddress, publicOnlyAgent, RefusedError } from './address.ts'
import { bounded } from './bounded.ts'
import { Flood } from './flood.ts'

const LONGEST_MESSAGE = 10_000_000
const LONGEST_METADATA = 1_000_000
const METADATA_TIMEOUT_MS = 15_000
const MOST_REDIRECTS = 3

export interface GuardOptions {
  /** The operator's, for the server's origin. */
  headers?: Record<string, string>
  /** Told when the server sends more than a client can take. */
  onFlood?: () => void
  /** For OAuth only, at whatever origin: short answers, in time. */
  isMetadata?: boolean
}

export interface GuardedFetch {
  fetch: FetchLike
  close(): Promise<void>
}

/**
 * `fetch` for one server and for where its OAuth metadata leads. The operator's headers go to the server's origin only; a redirect
 * is followed within an origin only, and keeps its method; no body and no event of a stream is longer than 10 MB; a server
 * on a public address leads to public addresses only.
 */
export function createGuardedFetch(serverUrl: string, options: GuardOptions = {}): GuardedFetch {
  const { headers = {}, onFlood = () => {}, isMetadata = false } = options
  const { origin, hostname } = new URL(serverUrl)
  const flood = new Flood()
  let verdict: Promise<boolean> | undefined
  let restricted: Agent | undefined
  /** A call, or a person who is asked in it, may take long: those have deadlines of their own. */
  let patient: Agent | undefined
  const agentForOthers = async (): Promise<Agent | undefined> => {
    verdict ??= isOnPublicAddress(hostname)
    const isPublic = await verdict.catch(() => {
      // Not known: strict this time, and asked again the next.
      verdict = undefined
      return true
    })
    if (isPublic) restricted ??= publicOnlyAgent()
    return isPublic ? restricted : undefined
  }

  async function send(url: URL, init: RequestInit): Promise<Response> {
    checkScheme(url)
    const isOwn = url.origin === origin
    if (isOwn) patient ??= new Agent({ headersTimeout: 0, bodyTimeout: 0 })
    const agent = isOwn ? patient : await agentForOthers()
    if (agent && !isOwn) checkPublicLiteral(url.hostname)
    const signals = [init.signal ?? [], isOwn && !isMetadata ? [] : AbortSignal.timeout(METADATA_TIMEOUT_MS)].flat()
    const given = {
      ...init,
      headers: [...(isOwn ? withOwn(headers, init.headers) : new Headers(init.headers))],
      redirect: 'manual',
      signal: signals.length > 0 ? AbortSignal.any(signals) : null,
      ...(agent && { dispatcher: agent }),
    }
    // undici's own: the two libraries' types differ in name only.
    return (await dial(url, given as Parameters<typeof dial>[1])) as unknown as Response
  }

  return {
    async fetch(input, init = {}) {
      let url = new URL(input)
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
        const response = await send(url, init)
        const next = redirectOf(response, url, init.method ?? 'GET')
        if (!next)
          return bounded(response, { longest: url.origin === origin && !isMetadata ? LONGEST_MESSAGE : LONGEST_METADATA, flood, onFlood })
        await response.body?.cancel()
        url = next
      }
      throw new RefusedError('The server redirects without end.')
    },
    async close() {
      await Promise.all([restricted?.destroy(), patient?.destroy()])
    },
  }
}

function checkScheme(url: URL): void {
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw new RefusedError(`The server led to an address that is neither http nor https (${url.protocol.slice(0, 20)}), which is refused.`)
}

function redirectOf(response: Response, from: URL, method: string): URL | undefined {
  if (![301, 302, 303, 307, 308].includes(response.status)) return undefined
  const location = response.headers.get('location')
  if (location === null || !URL.canParse(location, from)) throw new RefusedError('The server redirects to nowhere.')
  const to = new URL(location, from)
  checkScheme(to)
  if (to.origin !== from.origin)
    throw new RefusedError('The server redirects to another server, which is refused. Configure the address that it is at.')
  const keepsMethod = method === 'GET' || response.status === 307 || response.status === 308
  if (!keepsMethod) throw new RefusedError('The server redirects a request in a way that changes it, which is refused.')
  return to
}

/** What the SDK sets, as the token of a sign-in, comes before what is configured. */
function withOwn(own: Record<string, string>, given: RequestInit['headers']): Headers {
  const headers = new Headers(own)
  for (const [name, value] of new Headers(given)) headers.set(name, value)
  return headers
}
