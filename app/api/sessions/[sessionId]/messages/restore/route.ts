import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { restoreMessagesRequest } from '#lib/protocol/schemas.ts'

export const POST = route<{ sessionId: string }>(async ({ request, runtime, userId, params }) => {
  const { messageIds } = await readBody(request, restoreMessagesRequest)
  await runtime.sessions.restoreMessages(userId, params.sessionId, messageIds)
  return json({ messageIds })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
