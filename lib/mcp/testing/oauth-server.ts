import { createHash } from 'node:crypto'
import { answerMcp, type HttpServer, type Received, sendJson, startHttpServer } from './http-server.ts'

export interface OAuthServer extends HttpServer {
  /** What it takes as a token now. */
  accept(token: string): void
  /** Takes back what was given. */
  revoke(): void
  /** A person says yes at the address: what they are sent back with. */
  consent(authorizationUrl: string): URLSearchParams
}

type Document = Record<string, unknown>

export interface OAuthServerOptions {
  /** Alters what it publishes about its authorization server. */
  metadata?: (honest: Document, url: string) => Document
  /** Alters what it publishes about itself. */
  resource?: (honest: Document) => Document
  /** Answers in place of the server. True when it did. */
  instead?: (request: Received) => boolean | Promise<boolean>
}

/** An MCP server that wants a token, and the authorization server that gives it: PKCE, registration and refresh as they should be. */
export async function startOAuthServer({
  metadata = (m) => m,
  resource = (r) => r,
  instead,
}: OAuthServerOptions = {}): Promise<OAuthServer> {
  let accepted = 'first'
  let challenge = ''
  let issued = 0
  const server = await startHttpServer(async (request) => {
    if (await instead?.(request)) return
    const { path, headers, body, response } = request
    const { pathname } = new URL(path, server.url)
    if (pathname === '/mcp') {
      if (headers.authorization === `Bearer ${accepted}`) return answerMcp(request)
      const challenged = `Bearer resource_metadata="${server.url}/.well-known/oauth-protected-resource/mcp", scope="work"`
      return sendJson(response, {}, 401, { 'www-authenticate': challenged })
    }
    if (pathname === '/.well-known/oauth-protected-resource/mcp')
      return sendJson(response, resource({ resource: `${server.url}/mcp`, authorization_servers: [server.url] }))
    if (pathname === '/.well-known/oauth-authorization-server') return sendJson(response, metadata(honestMetadata(server.url), server.url))
    if (pathname === '/register') return sendJson(response, { ...(JSON.parse(body) as Document), client_id: 'client-1' }, 201)
    if (pathname === '/token') {
      const given = new URLSearchParams(body)
      const isRefresh = given.get('grant_type') === 'refresh_token' && given.get('refresh_token') === `refresh-${issued}`
      const hash = createHash('sha256')
        .update(given.get('code_verifier') ?? '')
        .digest('base64url')
      const isCode = given.get('grant_type') === 'authorization_code' && given.get('code') === 'the-code' && hash === challenge
      if (!isRefresh && !isCode) return sendJson(response, { error: 'invalid_grant' }, 400)
      issued += 1
      return sendJson(response, { access_token: accepted, token_type: 'Bearer', refresh_token: `refresh-${issued}`, expires_in: 3_600 })
    }
    sendJson(response, {}, 404)
  })
  return {
    ...server,
    accept(token) {
      accepted = token
    },
    revoke() {
      accepted = 'another'
      issued += 1
    },
    consent(authorizationUrl) {
      const asked = new URL(authorizationUrl).searchParams
      challenge = asked.get('code_challenge') ?? ''
      return new URLSearchParams({ code: 'the-code', state: asked.get('state') ?? '' })
    },
  }
}

function honestMetadata(url: string): Document {
  return {
    issuer: url,
    authorization_endpoint: `${url}/authorize`,
    token_endpoint: `${url}/token`,
    registration_endpoint: `${url}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
  }
}
