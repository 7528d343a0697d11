import { json, otherMethods, route } from '#lib/http/index.ts'
import type { ModelsResponse } from '#lib/protocol/index.ts'

/** What may be chosen: what each configured provider offers, or why that is not known. */
export const GET = route(async ({ runtime: { models }, signal }) => {
  const providers = await models.list(signal)
  return json({ default: models.nameOfDefault(providers), providers } satisfies ModelsResponse)
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
