import { AppError } from '#lib/protocol/index.ts'
import { type Api, isUnreached } from './api.ts'
import { type FirstMessage, keepFirst, newFirst, readFirst } from './first-message.ts'
import { chosenIn, type ModelSettings, NO_SETTINGS } from './model-settings.ts'

type StartApi = Pick<Api, 'createSession' | 'updateSession' | 'sendMessage'>

/**
 * Makes a session with its first message and resolves to the session's id. When it is called again with the same text, after a
 * failure or a reload, it goes on where it was: there is one session and one message. What was chosen meanwhile counts.
 */
export async function startSession(text: string, api: StartApi, chosen: Partial<ModelSettings> = {}): Promise<string> {
  const settings = { ...NO_SETTINGS, ...chosen }
  const begun = readFirst()
  if (begun?.text !== text) return sendFirst(newFirst(text, settings), api)
  try {
    return await sendFirst(begun, api, settings)
  } catch (error) {
    if (!(error instanceof AppError) || (error.code !== 'not-found' && error.code !== 'conflict')) throw error
    // Deleted meanwhile, or this browser is someone else now: begin again.
    return sendFirst(newFirst(text, settings), api)
  }
}

async function sendFirst(first: FirstMessage, api: StartApi, settings = first.settings): Promise<string> {
  const { sessionId, messageId, text } = first
  keepFirst(first)
  if (!first.hasSession) await makeSession(first, api)
  if (first.settings.model !== settings.model || first.settings.reasoningEffort !== settings.reasoningEffort) {
    await api.updateSession(sessionId, settings)
  }
  keepFirst({ ...first, hasSession: true, settings })
  await api.sendMessage(sessionId, { id: messageId, text })
  keepFirst(null)
  return sessionId
}

async function makeSession({ sessionId, settings }: FirstMessage, api: StartApi): Promise<void> {
  try {
    await api.createSession({ id: sessionId, ...chosenIn(settings) })
  } catch (error) {
    // What was refused goes back to the one who wrote it.
    if (!isUnreached(error)) keepFirst(null)
    throw error
  }
}
