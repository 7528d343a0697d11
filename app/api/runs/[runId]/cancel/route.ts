import { json, otherMethods, route } from '#lib/http/index.ts'

export const POST = route<{ runId: string }>(async ({ runtime, userId, params }) => {
  await runtime.sessions.cancelRun(userId, params.runId)
  return json({ runId: params.runId }, 202)
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
