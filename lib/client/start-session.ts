import { AppError, toAppError } from '#lib/protocol/index.ts'
import { type Api, isUnreached } from './api.ts'
import { chosenIn } from './model-settings.ts'
import { type Outgoing, storedOutbox } from './outbox.ts'
import { type Start, starts } from './starts.ts'

export type StartApi = Pick<Api, 'createSession' | 'updateSession' | 'sendMessage' | 'snapshot'>

/**
 * Makes the session of a first message that is kept, and sends the message there. From when the session is there, the message is one
 * of its outgoing messages: what becomes of it is told on the session's page. Resolves to false when the message was discarded.
 * Throws what the server said to making the session; the message is kept as it was then.
 */
export async function startSession(sessionId: string, api: StartApi): Promise<boolean> {
  const start = starts.read(sessionId)
  if (!start) return isThere(sessionId, api)
  await makeSession(start, api)
  // Another tab may have done so meanwhile, or discarded it.
  if (starts.read(sessionId)) await handOver(start, api)
  return true
}

/** As the user chose, also when they chose so after it was made. */
async function makeSession(start: Start, api: StartApi): Promise<void> {
  const { sessionId } = start
  const made = await api.createSession({ id: sessionId, ...chosenIn(start.settings) })
  const { settings } = starts.read(sessionId) ?? start
  const isAsChosen = (made.model ?? null) === settings.model && (made.reasoningEffort ?? null) === settings.reasoningEffort
  if (!isAsChosen) await api.updateSession(sessionId, settings)
}

async function handOver({ sessionId, messageId: id, text }: Start, api: StartApi): Promise<void> {
  const message: Outgoing = { id, text, status: 'sending' }
  storedOutbox.put(sessionId, message)
  starts.drop(sessionId)
  try {
    await api.sendMessage(sessionId, { id, text })
    storedOutbox.remove(sessionId, id)
  } catch (error) {
    const isWaiting = isUnreached(error)
    storedOutbox.put(sessionId, { ...message, status: 'failed', error: toAppError(error).message, ...(isWaiting && { isWaiting }) })
  }
}

/** Of a message that is not kept any more: another tab made its session, or discarded it. The server knows. */
async function isThere(sessionId: string, api: StartApi): Promise<boolean> {
  try {
    await api.snapshot(sessionId)
    return true
  } catch (error) {
    if (error instanceof AppError && error.code === 'not-found') return false
    throw error
  }
}
