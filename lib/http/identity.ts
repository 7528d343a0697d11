import 'server-only'
import type { Identity } from '#lib/auth/index.ts'
import type { Runtime } from '#lib/runtime.ts'
import { isLocalScript } from './same-site.ts'

/** Who asks: whom the cookie names, the local owner for this machine's scripts, else a new visitor whose cookie comes along. */
export async function identify(headers: Headers, { auth, config }: Pick<Runtime, 'auth' | 'config'>): Promise<Identity> {
  const known = await auth.identify(headers)
  if (known) return known
  if (isLocalScript(headers, config)) return { userId: await auth.localOwner(), setCookies: [] }
  return auth.createVisitor(headers)
}
