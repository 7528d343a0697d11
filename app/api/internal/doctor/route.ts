import { examineServer } from '#lib/doctor/index.ts'
import { internalRoute, json, otherMethods } from '#lib/http/index.ts'

export const dynamic = 'force-dynamic'

/** What `npm run doctor` asks a server that runs. */
export const GET = internalRoute(async (_request, runtime) => json({ findings: await examineServer(runtime) }))

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
