import { otherMethods, readBody, route } from '#lib/http/index.ts'
import { chatStreamRequest } from '#lib/protocol/schemas.ts'
import { report } from '#lib/report.ts'
import { runFrames } from '#lib/sessions/index.ts'
import { respondWithStream } from '#lib/sse/index.ts'

export const POST = route(async ({ request, runtime, userId, signal: ended }) => {
  const { message, sessionId: given } = await readBody(request, chatStreamRequest)
  const sessionId = given || (await runtime.sessions.create(userId)).id
  const { runId, cursor } = await runtime.sessions.send(userId, sessionId, { text: message })
  const after = given ? cursor - 1 : 0
  return respondWithStream((signal) => runFrames(runtime.log, { sessionId, runId, after }, signal), { signal: ended, onError: report })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
