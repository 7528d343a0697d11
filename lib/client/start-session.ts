import * as z from 'zod/mini'
import { AppError, newId } from '#lib/protocol/index.ts'
import type { Api } from './api.ts'
import { type ModelSettings, modelSettings, NO_SETTINGS } from './model-settings.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:first-message'

/** Text that is sent again later than this is meant as another message. */
const SAME_WITHIN_MS = 10 * 60_000

const firstMessage = z.object({
  sessionId: z.string(),
  messageId: z.string(),
  text: z.string(),
  at: z.number(),
  /** What the session has. */
  settings: z._default(modelSettings, NO_SETTINGS),
})
type FirstMessage = z.infer<typeof firstMessage>

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
  if (begun?.text === text) {
    try {
      return await sendFirst(await withSettings(begun, settings, api), api)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'not-found') throw error
      // Deleted meanwhile, or this browser is someone else now: begin again.
    }
  }
  const { id: sessionId } = await api.createSession(chosen)
  const first = { sessionId, messageId: newId(), text, at: Date.now(), settings }
  writeStored(KEY, JSON.stringify(first))
  return sendFirst(first, api)
}

async function withSettings(begun: FirstMessage, settings: ModelSettings, api: Pick<Api, 'updateSession'>): Promise<FirstMessage> {
  const { model, reasoningEffort } = begun.settings
  if (model === settings.model && reasoningEffort === settings.reasoningEffort) return begun
  await api.updateSession(begun.sessionId, settings)
  const updated = { ...begun, settings }
  writeStored(KEY, JSON.stringify(updated))
  return updated
}

async function sendFirst({ sessionId, messageId, text }: FirstMessage, api: Pick<Api, 'sendMessage'>): Promise<string> {
  await api.sendMessage(sessionId, { id: messageId, text })
  writeStored(KEY, null)
  return sessionId
}

/** A first message of which it is not known whether it arrived. */
export function unsentFirstMessage(): string | null {
  return readFirst()?.text ?? null
}

function readFirst(): FirstMessage | null {
  const json = readStored(KEY)
  if (json === null) return null
  try {
    const kept = firstMessage.parse(JSON.parse(json))
    return Date.now() - kept.at < SAME_WITHIN_MS ? kept : null
  } catch {
    // Written by another version of the page.
    return null
  }
}
