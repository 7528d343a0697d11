import { copyDatabase, copyRequest } from '#lib/backup/index.ts'
import { internalRoute, otherMethods, readBody } from '#lib/http/index.ts'

export const dynamic = 'force-dynamic'

/** For `npm run backup`: this process alone can read the embedded database, so it copies it. */
export const POST = internalRoute(async (request, runtime) => {
  const { folder } = await readBody(request, copyRequest)
  await copyDatabase(runtime, folder)
  return new Response(null, { status: 204 })
})

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST')
