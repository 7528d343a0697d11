import { setTimeout as wait } from 'node:timers/promises'
import { type Client, ProtocolError, type RequestOptions } from '@modelcontextprotocol/client'
import * as z from 'zod'
import type { Call } from './call.ts'
import { callResult } from './result.ts'

const SHORTEST_POLL_MS = 250
const LONGEST_POLL_MS = 10_000
/** How long the server keeps the result for us. */
const KEPT_MS = 15 * 60_000

const task = z.looseObject({
  taskId: z.string(),
  status: z.string(),
  statusMessage: z.string().optional(),
  pollInterval: z.number().optional(),
})
const begun = z.looseObject({ task })

/** Calls a tool that runs as a task: begins it, follows its state and fetches its result. Abort cancels it at the server. */
export async function runAsTask(
  client: Client,
  params: { name: string; arguments: Record<string, unknown> },
  options: RequestOptions,
  heard: Call['heard'],
): Promise<z.infer<typeof callResult>> {
  const { signal } = options
  // Of the request that begins it, not of the task.
  const request = { ...options, onprogress: () => {} }
  let current = (await client.request({ method: 'tools/call', params: { ...params, task: { ttl: KEPT_MS } } }, begun, request)).task
  const { taskId } = current
  heard()
  try {
    let said: string | undefined
    while (current.status === 'working' || current.status === 'submitted') {
      heard(current.statusMessage === said || current.statusMessage === undefined ? undefined : `${current.statusMessage}\n`)
      said = current.statusMessage
      await wait(Math.min(Math.max(current.pollInterval ?? 0, SHORTEST_POLL_MS), LONGEST_POLL_MS), undefined, signal ? { signal } : {})
      current = await client.request({ method: 'tasks/get', params: { taskId } }, task, request).catch(unknownOutcome)
    }
    // A task that waits for an answer asks its question while its result is waited for.
    return await client.request({ method: 'tasks/result', params: { taskId } }, callResult, request)
  } catch (error) {
    // It may not be there any more to be told.
    if (signal?.aborted)
      void client.request({ method: 'tasks/cancel', params: { taskId } }, z.looseObject({}), { timeout: 5_000 }).catch(() => {})
    throw error
  }
}

/** A server that refuses to say how the task is has not refused the task. */
function unknownOutcome(error: unknown): never {
  if (!(error instanceof ProtocolError)) throw error
  throw new Error(`The server does not say how the task is: ${error.message} Whether it took effect is unknown.`, { cause: error })
}
