import { ticks } from '#lib/doctor/index.ts'
import { internalRoute, otherMethods } from '#lib/http/index.ts'
import { respondWithStream } from '#lib/sse/index.ts'

export const dynamic = 'force-dynamic'

/** What the doctor reads through the public URL. */
export const GET = internalRoute(async (request) => respondWithStream(ticks, { signal: request.signal }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
