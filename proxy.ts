import { type NextRequest, NextResponse } from 'next/server'
import { contentSecurityPolicy } from '#lib/http/content-security-policy.ts'
import { identifyVisitor } from '#lib/http/identity.ts'
import { mayOperate } from '#lib/http/operator.ts'
import { errorResponse } from '#lib/http/route.ts'
import { checkHost } from '#lib/http/same-site.ts'
import { restAfter } from '#lib/http/shift.ts'
import { getRuntime } from '#lib/runtime.ts'

/** Pages only: bodies of the API never pass here, where they would be cut at 10 MB. */
export const config = { matcher: ['/((?!api/|chat/stream$|_next/|icon\\.svg$).*)'] }

/** Gives each page its nonce, and each visitor an identity before the page is drawn. */
export async function proxy(request: NextRequest): Promise<Response> {
  try {
    return await passOn(request)
  } catch (error) {
    return errorResponse(error)
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
  const isOperator = request.nextUrl.pathname === '/operator' && mayOperate(headers, runtime.config)
  const { setCookies } = isOperator ? { setCookies: [] } : await identifyVisitor(headers, runtime)
  if (setCookies.length > 0) headers.set('cookie', withCookies(headers.get('cookie'), setCookies))
  const response = NextResponse.next({ request: { headers } })
  response.headers.set('Content-Security-Policy', policy)
  for (const cookie of setCookies) response.headers.append('Set-Cookie', cookie)
  return response
}

/** The page that is drawn now must see the identity that the browser only gets with the response. */
function withCookies(sent: string | null, setCookies: string[]): string {
  const fresh = setCookies.map((cookie) => cookie.split(';', 1)[0] ?? '')
  return [...(sent ? [sent] : []), ...fresh].join('; ')
}
