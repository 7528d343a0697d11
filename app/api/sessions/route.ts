import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { createSessionRequest } from '#lib/protocol/schemas.ts'

export const POST = route(async ({ request, runtime, userId }) => {
  return json(await runtime.sessions.create(userId, await readBody(request, createSessionRequest)), 201)
})

export const GET = route(async ({ request, runtime, userId }) => {
  const cursor = new URL(request.url).searchParams.get('cursor')
  return json(await runtime.sessions.list(userId, cursor ?? undefined))
})

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'POST')
