import 'server-only'
import { AppError } from '#lib/protocol/index.ts'
import { type Door, isFromHere } from './same-site.ts'

/** Whether a request may see how the server is: only this machine's own, and not one that another site makes a browser send. */
export function mayOperate(headers: Headers, door: Door): boolean {
  const site = headers.get('sec-fetch-site') ?? 'none'
  return isFromHere(headers, door) && (site === 'none' || site === 'same-origin')
}

/** Refuses whoever may not sign this server in to others: allowed are this machine's own, and all where `RILL_MCP_SIGN_IN=1`. */
export function checkMaySignIn(headers: Headers, door: Door & { mcpSignIn: boolean }): void {
  if (door.mcpSignIn || isFromHere(headers, door)) return
  throw new AppError(
    'forbidden',
    'Signing in to MCP servers is for whoever runs this server: from its own machine, or with RILL_MCP_SIGN_IN=1.',
  )
}
