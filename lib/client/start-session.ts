import { AppError, newId } from '#lib/protocol/index.ts'
import { type Api, isUnreached } from './api.ts'
import { type FirstMessage, keepFirst, readFirst } from './first-message.ts'
import { type ModelSettings, NO_SETTINGS } from './model-settings.ts'

/**
 * Makes a session with its first message and resolves to the session's id. When it is called again with the same text, after a
 * failure or a reload, it goes on where it was: there is one session and one message. What was chosen meanwhile counts.
 */
export async function startSession(
  text: string,
  api: Pick<Api, 'createSession' | 'updateSession' | 'sendMessage'>,
  chosen: Partial<ModelSettings> = {},
): Promise<string> {
  const settings = { ...NO_SETTINGS, ...chosen }
  const begun = readFirst()
  if (begun?.text === text && begun.sessionId !== null) {
    try {
      return await sendFirst(begun.sessionId, await withSettings(begun.sessionId, begun, settings, api), api)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error
      // Deleted meanwhile, or this browser is someone else now: begin again.
    }
  }
  const first: FirstMessage = { sessionId: null, messageId: newId(), text, at: Date.now(), settings }
  keepFirst(first)
  try {
    const { id: sessionId } = await api.createSession(chosen)
    keepFirst({ ...first, sessionId })
    return await sendFirst(sessionId, first, api)
  } catch (error) {
    // What was refused goes back to the one who wrote it.
    if (readFirst()?.sessionId === null && !isUnreached(error)) keepFirst(null)
    throw error
  }
}

async function withSettings(
  sessionId: string,
  begun: FirstMessage,
  settings: ModelSettings,
  api: Pick<Api, 'updateSession'>,
): Promise<FirstMessage> {
  const { model, reasoningEffort } = begun.settings
  if (model === settings.model && reasoningEffort === settings.reasoningEffort) return begun
  await api.updateSession(sessionId, settings)
  const updated = { ...begun, settings }
  keepFirst(updated)
  return updated
}

async function sendFirst(sessionId: string, { messageId, text }: FirstMessage, api: Pick<Api, 'sendMessage'>): Promise<string> {
  await api.sendMessage(sessionId, { id: messageId, text })
  keepFirst(null)
  return sessionId
}
