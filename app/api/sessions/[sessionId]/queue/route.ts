import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { reorderQueueRequest } from '#lib/protocol/schemas.ts'

export const PUT = route<{ sessionId: string }>(async ({ request, runtime, userId, params }) => {
  const { messageIds } = await readBody(request, reorderQueueRequest)
  await runtime.sessions.reorderQueue(userId, params.sessionId, messageIds)
  return json({ messageIds })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST } = otherMethods('PUT')
