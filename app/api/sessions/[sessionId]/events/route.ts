import { readCursor, route } from '#lib/http/index.ts'
import { report } from '#lib/report.ts'
import { sessionFrames } from '#lib/sessions/index.ts'
import { respondWithStream } from '#lib/sse/index.ts'

export const GET = route<{ sessionId: string }>(async ({ request, runtime, userId, params, signal: ended }) => {
  const after = readCursor(request)
  await runtime.sessions.check(userId, params.sessionId)
  return respondWithStream((signal) => sessionFrames(runtime.log, params.sessionId, after, signal), { signal: ended, onError: report })
})
