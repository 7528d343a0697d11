import 'server-only'
import { createHash } from 'node:crypto'
import { AppError, toHttpError } from '#lib/protocol/index.ts'
import { report } from '#lib/report.ts'
import type { Runtime } from '#lib/runtime.ts'
import { type Door, isFromHere } from './same-site.ts'

/** As long as a sign-in lives. */
const LIVES_S = 600

/** Binds a sign-in to the browser that began it: a cookie with a hash of the state in the address where it goes on. */
export function signInCookie(address: string, { publicUrl }: Pick<Door, 'publicUrl'>): string {
  const state = new URL(address).searchParams.get('state') ?? ''
  const secure = publicUrl?.startsWith('https:') ? '; Secure' : ''
  return `${nameFor(state)}=${hashOf(state)}; Path=/api/mcp/callback; Max-Age=${LIVES_S}; HttpOnly; SameSite=Lax${secure}`
}

/** Ends the sign-in that a browser comes back from. True when it worked; why it did not is reported where it is no person's doing. */
export async function endSignIn(request: Request, { mcp, config }: Pick<Runtime, 'mcp' | 'config'>): Promise<boolean> {
  const { searchParams } = new URL(request.url)
  try {
    checkBrowser(request.headers, searchParams.get('state') ?? '', config)
    await mcp.finishSignIn(searchParams)
    return true
  } catch (error) {
    if (toHttpError(error).status >= 500) report(error)
    return false
  }
}

/** On the machine itself one person may begin it in a terminal and end it in a browser. */
function checkBrowser(headers: Headers, state: string, door: Door): void {
  const cookies = (headers.get('cookie') ?? '').split(';').map((one) => one.trim())
  if (isFromHere(headers, door) || cookies.includes(`${nameFor(state)}=${hashOf(state)}`)) return
  throw new AppError('forbidden', 'This sign-in was begun in another browser. Begin it again.')
}

/** The state begins with its server's name, so that sign-ins to two servers may be under way. */
function nameFor(state: string): string {
  return `rill-sign-in-${(state.split('.')[0] ?? '').replace(/[^\w-]/g, '').slice(0, 400)}`
}

function hashOf(state: string): string {
  return createHash('sha256').update(state).digest('base64url')
}
