import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from '#lib/http/content-security-policy.ts'
import { errorPage } from '#lib/http/error-page.ts'
import { identifyVisitor } from '#lib/http/identity.ts'
import { mayOperate } from '#lib/http/operator.ts'
import { errorResponse, isReadable, noSuchPath } from '#lib/http/route.ts'
import { checkHost } from '#lib/http/same-site.ts'
import { restAfter } from '#lib/http/shift.ts'
import { getRuntime } from '#lib/runtime.ts'

/** Pages; of the API only paths with a "%", which none of its own has: bodies that pass here are cut at 10 MB. */
export const config = { matcher: ['/((?!api/|chat/stream$|_next/|icon\\.svg$).*)', '/api/(.*%.*)'] }

/**
 * Gives each page its nonce, and each visitor an identity before the page is drawn. Paths that cannot be decoded end here:
 * Next fails on them with 500.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const isApi = request.nextUrl.pathname.startsWith('/api/')
  try {
    if (!isApi) return await passOn(request)
    if (!isReadable(request.nextUrl.pathname)) throw noSuchPath(request)
    return NextResponse.next()
  } catch (error) {
    return isApi ? errorResponse(error) : errorPage(request, error)
  }
}

async function passOn(request: NextRequest): Promise<NextResponse> {
  const runtime = await getRuntime()
  restAfter(runtime)
  checkHost(request.headers, runtime.config)
  const policy = contentSecurityPolicy(crypto.randomUUID())
  const headers = new Headers(request.headers)
  headers.set('Content-Security-Policy', policy)
  // The operator's page must be there when the database is not.
  const { pathname } = request.nextUrl
  const isOperator = pathname === '/operator' && mayOperate(headers, runtime.config)
  const { setCookies } = isOperator ? { setCookies: [] } : await identifyVisitor(headers, runtime)
  if (setCookies.length > 0) headers.set('cookie', withCookies(headers.get('cookie'), setCookies))
  // To others the operator's page is as any that is not there.
  const isThere = isReadable(pathname) && isOperator === (pathname === '/operator')
  const response = isThere
    ? NextResponse.next({ request: { headers } })
    : NextResponse.rewrite(new URL(NOWHERE, request.url), { request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  for (const cookie of setCookies) response.headers.append('Set-Cookie', cookie)
  return response
}

/** A path that no page has, so that Next draws "not found". */
const NOWHERE = '/_nowhere'

/** The page that is drawn now must see the identity that the browser only gets with the response. */
function withCookies(sent: string | null, setCookies: string[]): string {
  const fresh = setCookies.map((cookie) => cookie.split(';', 1)[0] ?? '')
  return [...(sent ? [sent] : []), ...fresh].join('; ')
}
