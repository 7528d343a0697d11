import { json, otherMethods, route } from '#lib/http/index.ts'
import { AppError, MAX_FIND_LENGTH } from '#lib/protocol/index.ts'

export const GET = route<{ sessionId: string }>(async ({ request, runtime, userId, params }) => {
  const { searchParams } = new URL(request.url)
  const text = searchParams.get('text') ?? ''
  if (text.trim() === '' || text.length > MAX_FIND_LENGTH) {
    throw new AppError('invalid-request', `Say what to find, in at most ${MAX_FIND_LENGTH} characters: ?text=<text>.`, { field: 'text' })
  }
  return json(await runtime.sessions.find(userId, params.sessionId, text, searchParams.get('before') ?? undefined))
})

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
