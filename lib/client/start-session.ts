import { AppError, newId } from '#lib/protocol/index.ts'
import { type Api, isUnreached } from './api.ts'
import { type ModelSettings, NO_SETTINGS, settingsOf } from './model-settings.ts'
import { parseShape } from './shape.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:first-message'

/** Text that is sent again later than this is meant as another message. */
const SAME_WITHIN_MS = 10 * 60_000

interface FirstMessage {
  /** Null while it is not known that there is one. */
  sessionId: string | null
  messageId: string
  text: string
  at: number
  /** What the session has. */
  settings: ModelSettings
}

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
  keep(first)
  try {
    const { id: sessionId } = await api.createSession(chosen)
    keep({ ...first, sessionId })
    return await sendFirst(sessionId, first, api)
  } catch (error) {
    // What was refused goes back to the one who wrote it.
    if (readFirst()?.sessionId === null && !isUnreached(error)) keep(null)
    throw error
  }
}

function keep(first: FirstMessage | null): void {
  writeStored(KEY, first && JSON.stringify(first))
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
  keep(updated)
  return updated
}

async function sendFirst(sessionId: string, { messageId, text }: FirstMessage, api: Pick<Api, 'sendMessage'>): Promise<string> {
  await api.sendMessage(sessionId, { id: messageId, text })
  keep(null)
  return sessionId
}

/** A first message of which it is not known whether it arrived. */
export function unsentFirstMessage(): string | null {
  return readFirst()?.text ?? null
}

function readFirst(): FirstMessage | null {
  const { sessionId, messageId, text, at, settings } = parseShape(readStored(KEY)) ?? {}
  if (
    (typeof sessionId !== 'string' && sessionId !== null) ||
    typeof messageId !== 'string' ||
    typeof text !== 'string' ||
    typeof at !== 'number'
  )
    return null
  return Date.now() - at < SAME_WITHIN_MS ? { sessionId, messageId, text, at, settings: settingsOf(settings) } : null
}
