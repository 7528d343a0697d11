import { checkScraper, errorResponse, otherMethods, restAfter } from '#lib/http/index.ts'
import { getRuntime } from '#lib/runtime.ts'

export const dynamic = 'force-dynamic'

/** For Prometheus: what this process does. */
export async function GET(request: Request): Promise<Response> {
  try {
    const runtime = await getRuntime()
    restAfter(runtime)
    checkScraper(request.headers, runtime.config)
    const { metrics } = runtime
    return new Response(await metrics.read(), { headers: { 'Content-Type': metrics.contentType, 'Cache-Control': 'no-store' } })
  } catch (error) {
    return errorResponse(error)
  }
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
