import { otherMethods, route } from '#lib/http/index.ts'
import { report } from '#lib/report.ts'
import { listFrames } from '#lib/sessions/index.ts'
import { respondWithStream } from '#lib/sse/index.ts'

/** The visitor's list of sessions: its first page, then what changes in it. */
export const GET = route(async ({ runtime, userId, signal: ended }) => {
  return respondWithStream((signal) => listFrames(runtime, userId, signal), { signal: ended, onError: report })
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
