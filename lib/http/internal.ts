import 'server-only'
import { createHmac, timingSafeEqual } from 'node:crypto'

const HOLDS_MS = 5 * 60_000

/** What a program that knows the server's secret shows at one internal path: `Authorization: Bearer <this>`. Holds for five minutes. */
export function internalToken(secret: string, path: string, now = Date.now()): string {
  const until = String(now + HOLDS_MS)
  return `${until}.${sign(secret, path, until)}`
}

/** True for a request that shows a token for its path. The clocks of the two may be five minutes apart. */
export function isInternal(request: Request, secret: string, now = Date.now()): boolean {
  const [, until = '', shown = ''] = /^Bearer (\d{1,16})\.([\w-]{43})$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (!(Number(until) > now && Number(until) <= now + 2 * HOLDS_MS)) return false
  return timingSafeEqual(Buffer.from(sign(secret, new URL(request.url).pathname, until)), Buffer.from(shown))
}

function sign(secret: string, path: string, until: string): string {
  return createHmac('sha256', secret).update(`internal ${path} ${until}`).digest('base64url')
}
