import { type ModelSettings, settingsOf } from './model-settings.ts'
import { parseShape } from './shape.ts'
import { readStored, writeStored } from './storage.ts'

const KEY = 'rill:first-message'

/** Text that is sent again later than this is meant as another message. */
const SAME_WITHIN_MS = 10 * 60_000

export interface FirstMessage {
  /** Null while it is not known that there is one. */
  sessionId: string | null
  messageId: string
  text: string
  at: number
  /** What the session has. */
  settings: ModelSettings
}

/** A first message of which it is not known whether it arrived. */
export function unsentFirstMessage(): string | null {
  return readFirst()?.text ?? null
}

export function readFirst(): FirstMessage | null {
  const { sessionId, messageId, text, at, settings } = parseShape(readStored(KEY)) ?? {}
  if (
    (typeof sessionId !== 'string' && sessionId !== null) ||
    typeof messageId !== 'string' ||
    typeof text !== 'string' ||
    typeof at !== 'number'
  )
    return null
  // What has no session was never sent.
  return sessionId === null || Date.now() - at < SAME_WITHIN_MS ? { sessionId, messageId, text, at, settings: settingsOf(settings) } : null
}

/** Null: there is none any more. */
export function keepFirst(first: FirstMessage | null): void {
  writeStored(KEY, first && JSON.stringify(first))
}
