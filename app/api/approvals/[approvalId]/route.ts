import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { approvalRequest } from '#lib/protocol/schemas.ts'

export const POST = route<{ approvalId: string }>(async ({ request, runtime, userId, params }) => {
  const decision = await readBody(request, approvalRequest)
  await runtime.sessions.respond(userId, params.approvalId, decision)
  return json({ approved: decision.approved })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
