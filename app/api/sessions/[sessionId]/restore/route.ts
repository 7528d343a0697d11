import { json, otherMethods, route } from '#lib/http/index.ts'

export const POST = route<{ sessionId: string }>(async ({ runtime, userId, params }) =>
  json(await runtime.sessions.restore(userId, params.sessionId)),
)

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
