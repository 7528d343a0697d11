import 'server-only'
import { AppError } from '#lib/protocol/index.ts'
import { errorResponse } from './route.ts'

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'] as const
type Method = (typeof METHODS)[number]

/**
 * Handlers for what a path does not do: 405 with `Allow`, said as all errors are, where Next sends an empty one. A path with GET
 * answers HEAD through it. OPTIONS names what there is.
 */
export function otherMethods(...own: Exclude<Method, 'HEAD' | 'OPTIONS'>[]): Record<Method, (request: Request) => Response> {
  const allowed = METHODS.filter(
    (method) => method === 'OPTIONS' || own.some((one) => one === method || (one === 'GET' && method === 'HEAD')),
  )
  const allow = allowed.join(', ')
  const refuse = ({ method }: Request) => {
    const response = errorResponse(new AppError('method-not-allowed', `There is no ${method} here. Allowed: ${allow}.`))
    response.headers.set('Allow', allow)
    return response
  }
  const answer = () => new Response(null, { status: 204, headers: { Allow: allow } })
  return { DELETE: refuse, GET: refuse, HEAD: refuse, OPTIONS: answer, PATCH: refuse, POST: refuse, PUT: refuse }
}
