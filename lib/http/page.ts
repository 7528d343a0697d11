import 'server-only'
import { headers } from 'next/headers'
import { AppError, type SessionPage, type Snapshot } from '#lib/protocol/index.ts'
import { getRuntime } from '#lib/runtime.ts'
import { identifyVisitor } from './identity.ts'
import { restAfter } from './shift.ts'

/** For server components: the visitor's sessions, newest first. The proxy has given the visitor an identity. */
export async function loadSessions(): Promise<SessionPage> {
  const runtime = await getRuntime()
  return runtime.sessions.list(await currentUser())
}

/** For server components: which model answers. */
export async function loadModel(): Promise<{ provider: string; model: string }> {
  const { provider, model } = (await getRuntime()).agent.model
  return { provider, model }
}

/** For server components: one of the visitor's sessions; null when there is none of that id. */
export async function loadSnapshot(sessionId: string): Promise<Snapshot | null> {
  const runtime = await getRuntime()
  try {
    return await runtime.sessions.snapshot(await currentUser(), sessionId)
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return null
    throw error
  }
}

/** The proxy has given every visitor an identity, and its cookie to this request. */
async function currentUser(): Promise<string> {
  const runtime = await getRuntime()
  restAfter(runtime)
  const { userId } = await identifyVisitor(await headers(), runtime)
  return userId
}
