import { json, otherMethods, route } from '#lib/http/index.ts'
import type { SendMessageResponse } from '#lib/protocol/index.ts'

export const POST = route<{ sessionId: string }>(async ({ runtime, userId, params }) => {
  const { messageId, runId, cursor } = await runtime.sessions.retry(userId, params.sessionId)
  return json({ messageId, runId, cursor } satisfies SendMessageResponse, 202)
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
