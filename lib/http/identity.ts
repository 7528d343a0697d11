import 'server-only'
import type { Identity } from '#lib/auth/index.ts'
import type { Runtime } from '#lib/runtime.ts'
import { isLocalScript } from './same-site.ts'

/** Who calls the API: whom the cookie names, the local owner for this machine's scripts, else a new visitor with a cookie. */
export async function identify(headers: Headers, { auth, config }: Pick<Runtime, 'auth' | 'config'>): Promise<Identity> {
  if (isLocalScript(headers, config)) return { userId: await auth.localOwner(), setCookies: [] }
  return identifyVisitor(headers, { auth })
}

/** Who looks at a page: nobody is taken for a script there. */
export async function identifyVisitor(headers: Headers, { auth }: Pick<Runtime, 'auth'>): Promise<Identity> {
  return (await auth.identify(headers)) ?? auth.createVisitor(headers)
}
