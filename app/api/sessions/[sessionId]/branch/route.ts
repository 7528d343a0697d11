import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { selectBranchRequest } from '#lib/protocol/schemas.ts'

export const POST = route<{ sessionId: string }>(async ({ request, runtime, userId, params }) => {
  const { messageId } = await readBody(request, selectBranchRequest)
  await runtime.sessions.selectBranch(userId, params.sessionId, messageId)
  return json({ messageId })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
