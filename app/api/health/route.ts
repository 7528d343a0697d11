import { otherMethods, restAfterAll } from '#lib/http/index.ts'

export const dynamic = 'force-dynamic'

/** Alive: the process answers. */
export function GET(): Response {
  restAfterAll()
  return Response.json({ status: 'ok' }, { headers: { 'Cache-Control': 'no-store' } })
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
