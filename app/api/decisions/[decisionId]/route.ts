import { otherMethods, route } from '#lib/http/index.ts'

export const DELETE = route<{ decisionId: string }>(async ({ runtime, userId, params }) => {
  await runtime.sessions.forgetDecision(userId, params.decisionId)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, OPTIONS, PATCH, POST, PUT } = otherMethods('DELETE')
