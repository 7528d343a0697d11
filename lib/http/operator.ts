import 'server-only'
import { type Door, isFromHere } from './same-site.ts'

/** Whether a request may see how the server is: only this machine's own, and not one that another site makes a browser send. */
export function mayOperate(headers: Headers, door: Door): boolean {
  const site = headers.get('sec-fetch-site') ?? 'none'
  return isFromHere(headers, door) && (site === 'none' || site === 'same-origin')
}
