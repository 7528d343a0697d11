import { json, otherMethods, restAfter } from '#lib/http/index.ts'
import { report } from '#lib/report.ts'
import { getRuntime } from '#lib/runtime.ts'

export const dynamic = 'force-dynamic'

/** Ready: takes messages, and the database can be reached and is migrated. */
export async function GET(): Promise<Response> {
  try {
    const runtime = await getRuntime()
    restAfter(runtime)
    if (!runtime.takesWork) return json({ status: 'not-ready', message: 'The server is being replaced.' }, 503)
    await runtime.db.checkReady()
    return json({ status: 'ready' })
  } catch (error) {
    report(error)
    return json({ status: 'not-ready', message: 'The database cannot be reached, or is not migrated.' }, 503)
  }
}

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET')
