import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { AppError, MAX_MESSAGE_PAGE_SIZE, MESSAGE_PAGE_SIZE, type SendMessageResponse } from '#lib/protocol/index.ts'
import { sendMessageRequest } from '#lib/protocol/schemas.ts'

interface Params {
  sessionId: string
}

export const GET = route<Params>(async ({ request, runtime, userId, params }) => {
  const { searchParams } = new URL(request.url)
  const before = searchParams.get('before')
  if (before === null) throw new AppError('invalid-request', 'Say before which message: ?before=<message id>.', { field: 'before' })
  return json(await runtime.sessions.messagesBefore(userId, params.sessionId, before, readLimit(searchParams)))
})

function readLimit(searchParams: URLSearchParams): number {
  const text = searchParams.get('limit') ?? String(MESSAGE_PAGE_SIZE)
  const limit = Number(text)
  if (/^\d{1,4}$/.test(text) && limit >= 1 && limit <= MAX_MESSAGE_PAGE_SIZE) return limit
  throw new AppError('invalid-request', `The limit must be a whole number from 1 to ${MAX_MESSAGE_PAGE_SIZE}.`, { field: 'limit' })
}

export const POST = route<Params>(async ({ request, runtime, userId, params }) => {
  const { messageId, runId, cursor } = await runtime.sessions.send(userId, params.sessionId, await readBody(request, sendMessageRequest))
  return json({ messageId, runId, cursor } satisfies SendMessageResponse, 202)
})

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'POST')
