import { json, otherMethods, route } from '#lib/http/index.ts'

export const GET = route(async ({ runtime, userId }) => json({ decisions: await runtime.sessions.decisions(userId) }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
