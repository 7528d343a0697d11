import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import type { SendMessageResponse } from '#lib/protocol/index.ts'
import { regenerateRequest } from '#lib/protocol/schemas.ts'

export const POST = route<{ sessionId: string }>(async ({ request, runtime, userId, params }) => {
  const asked = await readBody(request, regenerateRequest)
  const { messageId, runId, cursor } = await runtime.sessions.regenerate(userId, params.sessionId, asked)
  return json({ messageId, runId, cursor } satisfies SendMessageResponse, 202)
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
