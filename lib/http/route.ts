import 'server-only'
import { outageOf } from '#lib/db/sql.ts'
import { AppError, BUILD_HEADER, BUILD_ID, toHttpError } from '#lib/protocol/index.ts'
import { report } from '#lib/report.ts'
import type { Runtime } from '#lib/runtime.ts'
import { getRuntime } from '#lib/runtime.ts'
import { identify } from './identity.ts'
import { isInternal } from './internal.ts'
import { checkHost, checkSameSite } from './same-site.ts'
import { openShift, restAfter } from './shift.ts'

export interface RouteContext<Params> {
  request: Request
  params: Params
  runtime: Runtime
  userId: string
  /** Aborts when the caller leaves, and before the platform ends the request: a stream ends then. */
  signal: AbortSignal
}

interface RouteOptions {
  /** Another site leads people here, and the handler checks that it was asked to. */
  isLedTo?: boolean
}

type RouteHandler<Params> = (request: Request, context: { params: Promise<Params> }) => Promise<Response>

/**
 * A route handler behind the door: requests of other sites are refused, every visitor has an identity, and what is thrown
 * becomes `{error: {code, message, field?}}` with its status.
 */
export function route<Params = Record<string, never>>(
  handle: (context: RouteContext<Params>) => Promise<Response>,
  { isLedTo = false }: RouteOptions = {},
): RouteHandler<Params> {
  return async (request, { params }) => {
    let setCookies: string[] = []
    let response: Response
    const arrivedAt = performance.now()
    try {
      const runtime = await getRuntime()
      // First: also a process that refuses must be ready for the freeze.
      const over = openShift(runtime, arrivedAt)
      if (isLedTo) checkHost(request.headers, runtime.config)
      else checkSameSite(request.headers, runtime.config)
      const signal = over ? AbortSignal.any([request.signal, over]) : request.signal
      const identity = await identify(request.headers, runtime)
      setCookies = identity.setCookies
      response = await withoutBodyOfHead(request, await handle({ request, params: await params, runtime, userId: identity.userId, signal }))
    } catch (error) {
      response = errorResponse(error)
    }
    for (const cookie of setCookies) response.headers.append('Set-Cookie', cookie)
    response.headers.set(BUILD_HEADER, BUILD_ID)
    return response
  }
}

/** A route handler for programs that know the server's secret. To all others the path is not there. */
export function internalRoute(handle: (request: Request, runtime: Runtime) => Promise<Response>): (request: Request) => Promise<Response> {
  return async (request) => {
    try {
      const runtime = await getRuntime()
      restAfter(runtime)
      if (!isInternal(request, runtime.secret)) throw noSuchPath(request)
      return await withoutBodyOfHead(request, await handle(request, runtime))
    } catch (error) {
      return errorResponse(error)
    }
  }
}

/** Next answers HEAD with what GET does and never reads the body: a stream would stay open for ever. */
async function withoutBodyOfHead(request: Request, response: Response): Promise<Response> {
  if (request.method !== 'HEAD') return response
  await response.body?.cancel()
  return new Response(null, response)
}

/** False for a path with a "%" that does not begin a character of UTF-8. */
export function isReadable(pathname: string): boolean {
  try {
    decodeURIComponent(pathname)
    return true
  } catch {
    // That is all that it says.
    return false
  }
}

/** For a path that the API does not have. */
export function noSuchPath(request: Request): AppError {
  return new AppError('not-found', `The API has no ${new URL(request.url).pathname.slice(0, 200)}.`)
}

/** Internal failures are logged in full and shown in general. */
export function errorResponse(thrown: unknown): Response {
  const error = outageOf(thrown) ?? thrown
  const { status, body } = toHttpError(error)
  if (status >= 500) report(error)
  const headers = new Headers({ 'Cache-Control': 'no-store' })
  if (status === 503) headers.set('Retry-After', '2')
  return Response.json(body, { status, headers })
}

/** A JSON response that no cache keeps. */
export function json(body: unknown, status = 200): Response {
  return Response.json(body, { status, headers: { 'Cache-Control': 'no-store' } })
}
