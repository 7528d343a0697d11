import 'server-only'
import { betterAuth } from 'better-auth'
import { prismaAdapter } from 'better-auth/adapters/prisma'
import { anonymous } from 'better-auth/plugins'
import type { Database } from '#lib/db/database.ts'
import { newId } from '#lib/protocol/index.ts'

export interface AuthOptions {
  db: Database
  secret: string
  /** Where the app is reached, when it is known: decides whether cookies need HTTPS. */
  publicUrl?: string
}

export interface Identity {
  userId: string
  /** `Set-Cookie` values that the response must carry. */
  setCookies: string[]
}

export interface Auth {
  /** Who the cookies say; null when they say nobody. */
  identify(headers: Headers): Promise<Identity | null>
  /** Makes an anonymous visitor. */
  createVisitor(headers: Headers): Promise<Identity>
  /** The one owner of what scripts do on a server that only this machine reaches. */
  localOwner(): Promise<string>
  /** Forgets visitors who came a week ago and left nothing: every look at a page without a cookie makes one. */
  purge(): Promise<void>
}

/** A fixed id: the same owner after every restart. */
const LOCAL_OWNER = '00000000-0000-7000-8000-000000000001'
/** Some at a time. With a user go the logins. */
const PURGE = `DELETE FROM users WHERE id IN (
  SELECT u.id FROM users u WHERE u.is_anonymous AND u.id <> $1 AND u.created_at < now() - interval '7 days'
    AND NOT EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = u.id)
    AND NOT EXISTS (SELECT 1 FROM prompts p WHERE p.user_id = u.id) ORDER BY u.created_at LIMIT 1000)`
const YEAR_SECONDS = 365 * 24 * 60 * 60

export function createAuth({ db, secret, publicUrl }: AuthOptions): Auth {
  const betterAuthServer = betterAuth({
    appName: 'Rill',
    secret,
    baseURL: publicUrl ?? 'http://localhost',
    database: prismaAdapter(db.prisma, { provider: 'postgresql' }),
    session: { modelName: 'authSession', expiresIn: YEAR_SECONDS, updateAge: 24 * 60 * 60, cookieCache: { enabled: true, maxAge: 5 * 60 } },
    advanced: {
      cookiePrefix: 'rill',
      useSecureCookies: publicUrl?.startsWith('https:') ?? false,
      database: { generateId: () => newId() },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // What fails is thrown, with its cause: whoever catches it reports it.
    logger: { disabled: true },
    plugins: [anonymous({ emailDomainName: 'anonymous.invalid' })],
  })
  let localOwner: Promise<string> | undefined

  return {
    async identify(headers) {
      if (!headers.has('cookie')) return null
      const { response, headers: out } = await betterAuthServer.api.getSession({ headers, returnHeaders: true })
      return response ? { userId: response.user.id, setCookies: out.getSetCookie() } : null
    },
    async createVisitor(headers) {
      const { response, headers: out } = await betterAuthServer.api.signInAnonymous({
        headers: withoutCookies(headers),
        returnHeaders: true,
      })
      if (!response) throw new TypeError('The visitor could not be signed in.')
      return { userId: response.user.id, setCookies: out.getSetCookie() }
    },
    localOwner() {
      localOwner ??= ensureLocalOwner(db).catch((error: unknown) => {
        localOwner = undefined
        throw error
      })
      return localOwner
    },
    purge: async () => void (await db.query(PURGE, [LOCAL_OWNER])),
  }
}

/** A stale cookie must not keep a visitor from a new identity. */
function withoutCookies(headers: Headers): Headers {
  const copy = new Headers(headers)
  copy.delete('cookie')
  return copy
}

async function ensureLocalOwner(db: Database): Promise<string> {
  await db.query(
    "INSERT INTO users (id, name, email, is_anonymous) VALUES ($1, 'Local owner', 'owner@local.invalid', true) ON CONFLICT DO NOTHING",
    [LOCAL_OWNER],
  )
  return LOCAL_OWNER
}
