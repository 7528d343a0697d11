import { json, route } from '#lib/http/index.ts'

export const POST = route<{ runId: string }>(async ({ runtime, userId, params }) => {
  await runtime.sessions.cancelRun(userId, params.runId)
  return json({ runId: params.runId }, 202)
})
