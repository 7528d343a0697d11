import { newId } from '#lib/protocol/index.ts'
import { type ModelSettings, settingsOf } from './model-settings.ts'
import { parseShape } from './shape.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:first-message'

/** Text that is sent again later than this is meant as another message. */
const SAME_WITHIN_MS = 10 * 60_000

export interface FirstMessage {
  sessionId: string
  /** Whether the server has said that there is the session; before that the message is not sent. */
  hasSession: boolean
  messageId: string
  text: string
  at: number
  /** What the session has. */
  settings: ModelSettings
}

export function newFirst(text: string, settings: ModelSettings): FirstMessage {
  return { sessionId: newId(), hasSession: false, messageId: newId(), text, at: Date.now(), settings }
}

/** A first message of which it is not known whether it arrived. */
export function unsentFirstMessage(): string | null {
  return readFirst()?.text ?? null
}

export function readFirst(): FirstMessage | null {
  const { sessionId, hasSession, messageId, text, at, settings } = parseShape(readStored(KEY)) ?? {}
  if (
    typeof sessionId !== 'string' ||
    typeof hasSession !== 'boolean' ||
    typeof messageId !== 'string' ||
    typeof text !== 'string' ||
    typeof at !== 'number'
  )
    return null
  // What has no session was never sent.
  if (hasSession && Date.now() - at >= SAME_WITHIN_MS) return null
  return { sessionId, hasSession, messageId, text, at, settings: settingsOf(settings) }
}

/** Null: there is none any more. */
export function keepFirst(first: FirstMessage | null): void {
  writeStored(KEY, first && JSON.stringify(first))
}
