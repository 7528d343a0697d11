import { json, otherMethods, readBody, route } from '#lib/http/index.ts'
import { updatePromptRequest } from '#lib/protocol/schemas.ts'

interface Params {
  promptId: string
}

export const PATCH = route<Params>(async ({ request, runtime, userId, params }) => {
  return json(await runtime.prompts.update(userId, params.promptId, await readBody(request, updatePromptRequest)))
})

export const DELETE = route<Params>(async ({ runtime, userId, params }) => {
  await runtime.prompts.remove(userId, params.promptId)
  return new Response(null, { status: 204 })
})

export const { GET, HEAD, OPTIONS, POST, PUT } = otherMethods('DELETE', 'PATCH')
