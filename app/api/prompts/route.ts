import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { savePromptRequest } from '#lib/protocol/schemas.ts'

export const GET = route(async ({ runtime, userId }) => json({ prompts: await runtime.prompts.list(userId) }))

export const POST = route(async ({ request, runtime, userId }) => {
  return json(await runtime.prompts.save(userId, await readBody(request, savePromptRequest)), 201)
})

export const { DELETE, OPTIONS, PATCH, PUT } = otherMethods('GET', 'POST')
