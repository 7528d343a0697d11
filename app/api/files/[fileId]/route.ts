import { fileResponse, otherMethods, route } from '#lib/http/index.ts'

export const GET = route<{ fileId: string }>(async ({ runtime, userId, params }) =>
  fileResponse(await runtime.sessions.file(userId, params.fileId)),
)

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
