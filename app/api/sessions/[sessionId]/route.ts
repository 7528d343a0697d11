import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { updateSessionRequest } from '#lib/protocol/schemas.ts'

interface Params {
  sessionId: string
}

export const GET = route<Params>(async ({ runtime, userId, params }) => json(await runtime.sessions.snapshot(userId, params.sessionId)))

export const PATCH = route<Params>(async ({ request, runtime, userId, params }) => {
  return json(await runtime.sessions.update(userId, params.sessionId, await readBody(request, updateSessionRequest)))
})

export const DELETE = route<Params>(async ({ runtime, userId, params }) => {
  await runtime.sessions.remove(userId, params.sessionId)
  return new Response(null, { status: 204 })
})

export const { OPTIONS, POST, PUT } = otherMethods('GET', 'PATCH', 'DELETE')
