import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import {
  type AuthProvider,
  auth,
  extractWWWAuthenticateParams,
  type FetchLike,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
  UnauthorizedError,
} from '@modelcontextprotocol/client'
import { AppError } from '#lib/protocol/index.ts'
import type { McpCredentials } from './credentials.ts'
import { isLoopback } from './transport/address.ts'

const STATE_LIVES_MS = 10 * 60_000
const MOST_RACES = 10

/** What is kept of a sign-in, between its beginning and its end and ever after. */
interface Kept {
  /** Tokens are for one server: not for another that the name leads to later. */
  url?: string
  /** Where the client that was registered may be sent back to. */
  redirectUrl?: string | undefined
  client?: StoredOAuthClientInformation | undefined
  tokens?: StoredOAuthTokens | undefined
  codeVerifier?: string | undefined
  discovery?: OAuthDiscoveryState | undefined
  pending?: { state: string; until: number } | undefined
}

interface SignInOptions {
  server: string
  url: string
  credentials: McpCredentials
  fetch: FetchLike
  /** Where the authorization server sends the user back to. Without it nobody can sign in. */
  redirectUrl: string | undefined
}

/** One server's OAuth: tokens for its requests, refreshed when they end, and a sign-in for a person when that is needed. */
export class SignIn {
  readonly #options: SignInOptions
  #kept: Kept | undefined
  /** What is stored, as it was last seen. */
  #loaded: string | null = null
  /** What the server said when it refused a request. */
  #challenge: { resourceMetadataUrl?: URL; scope?: string } = {}
  #refreshing: Promise<void> | undefined
  #beginning: Promise<unknown> = Promise.resolve()

  constructor(options: SignInOptions) {
    this.#options = options
  }

  /** For the server's requests. Throws `UnauthorizedError` where a person has to sign in. */
  provider(): AuthProvider {
    return {
      token: async () => (await this.#read()).tokens?.access_token,
      onUnauthorized: (context) => {
        // All calls that are refused at once wait for one refresh: most servers take a refresh token once.
        this.#refreshing ??= this.#onUnauthorized(context).finally(() => {
          this.#refreshing = undefined
        })
        return this.#refreshing
      },
    }
  }

  /** True when what is kept was changed elsewhere, as by a sign-in at another instance. */
  async hasChanged(): Promise<boolean> {
    const before = this.#loaded
    await this.#reload()
    return this.#loaded !== before
  }

  /** Begins a sign-in: the address where a person goes on with it, within ten minutes. The one that was begun last can be ended. */
  begin(): Promise<string> {
    // One at a time: each has a state and a verifier that belong together.
    const begun = this.#beginning.then(() => this.#begin())
    this.#beginning = begun.catch(() => undefined)
    return begun
  }

  async #begin(): Promise<string> {
    const { redirectUrl } = this.#options
    if (redirectUrl === undefined)
      throw new AppError('config-invalid', 'Nobody can sign in here: the address to come back to is not known. Set "redirectUrl".')
    await this.#reload()
    const { client, redirectUrl: registeredFor } = await this.#read()
    await this.#write({
      // A client is registered for one address to come back to.
      client: registeredFor === redirectUrl ? client : undefined,
      redirectUrl,
      discovery: undefined,
      pending: { state: stateFor(this.#options.server), until: Date.now() + STATE_LIVES_MS },
    })
    let authorizationUrl: URL | undefined
    await this.#authorize({ forceReauthorization: true }, (url) => {
      authorizationUrl = url
    })
    if (!authorizationUrl) throw new AppError('unavailable', 'The server asked for no sign-in.')
    checkAuthorizationUrl(authorizationUrl)
    return authorizationUrl.href
  }

  /** Ends a sign-in with what the authorization server sent back. Throws `forbidden` for what no sign-in here began. */
  async finish(params: URLSearchParams): Promise<void> {
    await this.#reload()
    const { pending } = await this.#read()
    const isOurs = pending !== undefined && pending.until > Date.now() && isSame(pending.state, params.get('state') ?? '')
    if (!isOurs) throw new AppError('forbidden', 'This sign-in was not begun here, or more than ten minutes ago. Begin it again.')
    await this.#write({ pending: undefined })
    const code = params.get('code')
    if (code === null) {
      const reason = (params.get('error') ?? 'no reason given').replace(/[^\w -]/g, '').slice(0, 100)
      throw new AppError('forbidden', `The sign-in was refused: ${reason}.`)
    }
    const iss = params.get('iss')
    await this.#authorize({ authorizationCode: code, ...(iss !== null && { iss }) })
    await this.#write({ codeVerifier: undefined })
  }

  async #onUnauthorized({ response }: { response: Response }): Promise<void> {
    this.#challenge = response.headers.has('www-authenticate') ? extractWWWAuthenticateParams(response) : {}
    const used = (await this.#read()).tokens?.access_token
    await this.#reload()
    const { tokens } = await this.#read()
    if (tokens?.access_token !== undefined && tokens.access_token !== used) return
    if (tokens?.refresh_token === undefined) throw new UnauthorizedError()
    try {
      if ((await this.#authorize({})) !== 'AUTHORIZED') throw new UnauthorizedError()
    } catch (error) {
      if (!(error instanceof TokensReplaced)) throw error
    }
  }

  #authorize(
    given: { forceReauthorization?: boolean; authorizationCode?: string; iss?: string },
    onRedirect?: (url: URL) => void,
  ): ReturnType<typeof auth> {
    const { url, fetch } = this.#options
    const { resourceMetadataUrl, scope } = this.#challenge
    return auth(this.#client(onRedirect, given.authorizationCode !== undefined), {
      serverUrl: url,
      fetchFn: fetch,
      ...(resourceMetadataUrl && { resourceMetadataUrl }),
      ...(scope !== undefined && { scope }),
      ...given,
    })
  }

  /** Without `onRedirect` no sign-in is begun, and one that somebody is in goes on. `keepsTokens`: a code that is refused ends no other sign-in. */
  #client(onRedirect?: (url: URL) => void, keepsTokens = false): OAuthClientProvider {
    const { redirectUrl } = this.#options
    let used: StoredOAuthTokens | undefined
    return {
      redirectUrl,
      clientMetadata: {
        client_name: 'Rill',
        redirect_uris: redirectUrl === undefined ? [] : [redirectUrl],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: 'none',
      },
      state: async () => (await this.#read()).pending?.state ?? '',
      clientInformation: async () => (await this.#read()).client,
      saveClientInformation: (client) => this.#write({ client }),
      tokens: async () => {
        used = (await this.#read()).tokens
        return used
      },
      saveTokens: (tokens) => this.#write({ tokens }),
      redirectToAuthorization: (url) => onRedirect?.(url),
      saveCodeVerifier: async (codeVerifier) => (onRedirect ? this.#write({ codeVerifier }) : undefined),
      codeVerifier: async () => (await this.#read()).codeVerifier ?? '',
      discoveryState: async () => (await this.#read()).discovery,
      saveDiscoveryState: (discovery) => this.#write({ discovery }),
      invalidateCredentials: async (scope) => {
        if (keepsTokens && scope === 'tokens') return
        await this.#invalidate(keepsTokens && scope === 'all' ? 'client' : scope, used)
      },
    }
  }

  /**
   * Drops what the authorization server refused. Tokens that another instance put in the place of those that were refused stay:
   * throws `TokensReplaced`.
   */
  async #invalidate(scope: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery', used: StoredOAuthTokens | undefined): Promise<void> {
    const of = (kind: typeof scope) => scope === 'all' || scope === kind
    const client = (await this.#read()).client?.client_id
    await this.#reload()
    await this.#change((stored) => ({
      ...(of('client') && stored.client?.client_id === client && { client: undefined }),
      ...(of('tokens') && isSameTokens(stored.tokens, used) && { tokens: undefined }),
      ...(of('verifier') && { codeVerifier: undefined }),
      ...(of('discovery') && { discovery: undefined }),
    }))
    const { tokens } = await this.#read()
    if (of('tokens') && used !== undefined && tokens !== undefined) throw new TokensReplaced()
  }

  async #read(): Promise<Kept> {
    if (!this.#kept) await this.#reload()
    return this.#kept ?? {}
  }

  async #reload(): Promise<void> {
    const data = await this.#options.credentials.load(this.#options.server)
    this.#loaded = data
    try {
      const kept = JSON.parse(data ?? '{}') as Kept
      this.#kept = kept.url === this.#options.url ? kept : {}
    } catch {
      // Kept under another secret, or by another version: a new sign-in replaces it.
      this.#kept = {}
    }
  }

  #write(changed: Kept): Promise<void> {
    return this.#change(() => changed)
  }

  /** Changes what is stored, and nothing that another instance stores meanwhile. */
  async #change(change: (stored: Kept) => Kept): Promise<void> {
    const { credentials, server, url } = this.#options
    for (let races = 0; races < MOST_RACES; races += 1) {
      const before = await this.#read()
      const expected = this.#loaded
      const kept = { ...before, ...change(before), url }
      const data = JSON.stringify(kept)
      if (await credentials.save(server, data, expected)) {
        this.#kept = kept
        this.#loaded = data
        return
      }
      await this.#reload()
    }
    throw new AppError('unavailable', 'The sign-in is being changed elsewhere all the time. Try again.')
  }
}

/** Another instance has refreshed the tokens: its own are to be used. */
class TokensReplaced extends Error {}

function isSameTokens(a: StoredOAuthTokens | undefined, b: StoredOAuthTokens | undefined): boolean {
  return a?.access_token === b?.access_token && a?.refresh_token === b?.refresh_token
}

/** The name of the server whose sign-in an answer belongs to; undefined when it names none. */
export function serverOfState(params: URLSearchParams): string | undefined {
  const [name] = (params.get('state') ?? '').split('.')
  return name ? Buffer.from(name, 'base64url').toString('utf8') : undefined
}

function stateFor(server: string): string {
  return `${Buffer.from(server).toString('base64url')}.${randomBytes(32).toString('base64url')}`
}

function isSame(a: string, b: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(hash(a), hash(b))
}

/** A browser will open it: nothing but a web page, and unheard by others. */
function checkAuthorizationUrl(url: URL): void {
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return
  throw new AppError('forbidden', 'The server wants people to sign in at an address that is not https, which is refused.')
}
