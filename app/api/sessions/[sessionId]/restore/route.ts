import { json, route } from '#lib/http/index.ts'

export const POST = route<{ sessionId: string }>(async ({ runtime, userId, params }) =>
  json(await runtime.sessions.restore(userId, params.sessionId)),
)
