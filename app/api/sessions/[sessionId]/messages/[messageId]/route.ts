import { json, otherMethods, route } from '#lib/http/index.ts'

interface Params {
  sessionId: string
  messageId: string
}

/** With all answers to it. What it gives back brings them back. */
export const DELETE = route<Params>(async ({ runtime, userId, params: { sessionId, messageId } }) =>
  json({ messageIds: await runtime.sessions.deletePair(userId, sessionId, messageId) }),
)

export const { GET, HEAD, OPTIONS, PATCH, POST, PUT } = otherMethods('DELETE')
