import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { AppError, type SendMessageResponse } from '#lib/protocol/index.ts'
import { sendMessageRequest } from '#lib/protocol/schemas.ts'

interface Params {
  sessionId: string
}

export const GET = route<Params>(async ({ request, runtime, userId, params }) => {
  const before = new URL(request.url).searchParams.get('before')
  if (before === null) throw new AppError('invalid-request', 'Say before which message: ?before=<message id>.', { field: 'before' })
  return json(await runtime.sessions.messagesBefore(userId, params.sessionId, before))
})

export const POST = route<Params>(async ({ request, runtime, userId, params }) => {
  const { messageId, runId, cursor } = await runtime.sessions.send(userId, params.sessionId, await readBody(request, sendMessageRequest))
  return json({ messageId, runId, cursor } satisfies SendMessageResponse, 202)
})

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'POST')
