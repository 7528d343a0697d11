import { otherMethods, readCursor, readWait, route } from '#lib/http/index.ts'
import { report } from '#lib/report.ts'
import { polledFrames, sessionFrames } from '#lib/sessions/index.ts'
import { respondWithFrames, respondWithStream } from '#lib/sse/index.ts'

/** A stream; with `?wait=` what there is after the cursor, in one piece. */
export const GET = route<{ sessionId: string }>(async ({ request, runtime, userId, params, signal: ended }) => {
  const after = readCursor(request)
  const waitMs = readWait(request)
  await runtime.sessions.check(userId, params.sessionId)
  if (waitMs !== null) return respondWithFrames(await polledFrames(runtime.log, params.sessionId, { after, waitMs, signal: ended }))
  return respondWithStream((signal) => sessionFrames(runtime.log, params.sessionId, after, signal), { signal: ended, onError: report })
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
