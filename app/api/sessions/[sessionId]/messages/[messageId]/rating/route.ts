import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { rateRequest } from '#lib/protocol/schemas.ts'

interface Params {
  sessionId: string
  messageId: string
}

export const PUT = route<Params>(async ({ request, runtime, userId, params: { sessionId, messageId } }) => {
  const { rating } = await readBody(request, rateRequest)
  await runtime.sessions.rate(userId, sessionId, messageId, rating)
  return json({ messageId, rating })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, POST } = otherMethods('PUT')
