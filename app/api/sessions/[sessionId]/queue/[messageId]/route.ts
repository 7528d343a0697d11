import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { updateQueuedRequest } from '#lib/protocol/schemas.ts'

interface Params {
  sessionId: string
  messageId: string
}

export const PATCH = route<Params>(async ({ request, runtime, userId, params: { sessionId, messageId } }) => {
  await runtime.sessions.updateQueued(userId, sessionId, messageId, await readBody(request, updateQueuedRequest))
  return json({ messageId })
})

export const DELETE = route<Params>(async ({ runtime, userId, params: { sessionId, messageId } }) => {
  await runtime.sessions.removeQueued(userId, sessionId, messageId)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, OPTIONS, POST, PUT } = otherMethods('DELETE', 'PATCH')
