import 'server-only'
import { createHash, timingSafeEqual } from 'node:crypto'

/** True when a request shows `Authorization: Bearer` and the token; without a token, nobody does. */
export function bears(headers: Headers, token: string | undefined): boolean {
  const given = headers.get('authorization') ?? ''
  return token !== undefined && timingSafeEqual(digest(given), digest(`Bearer ${token}`))
}

/** Of one length, whatever is compared. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
