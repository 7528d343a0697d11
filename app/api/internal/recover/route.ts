import { checkScheduler, errorResponse, json, openShift, otherMethods } from '#lib/http/index.ts'
import { getRuntime } from '#lib/runtime.ts'

export const dynamic = 'force-dynamic'

/** For a scheduler: takes up what a function could not finish. `{openRuns}`: what is not over, taken up here or elsewhere. */
export async function GET(request: Request): Promise<Response> {
  const arrivedAt = performance.now()
  try {
    const runtime = await getRuntime()
    openShift(runtime, arrivedAt)
    checkScheduler(request.headers, runtime.config)
    return json({ openRuns: await runtime.recover() })
  } catch (error) {
    return errorResponse(error)
  }
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
