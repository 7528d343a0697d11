import type { ModelSettings } from './model-settings.ts'
import { settingsOf } from './model-settings.ts'
import { parseShape } from './shape.ts'
import { ofTab, readStored, storedKeys, writeStored } from './storage.ts'

/** A first message whose session is not known to be made. It has the ids already: however often both are sent, there is one of each. */
export interface Start {
  sessionId: string
  messageId: string
  text: string
  /** What the session is made with. */
  settings: ModelSettings
  /** Why the server refused it. */
  error?: string
}

/** A key for each: a tab that keeps its own does not touch those of another. */
const keyOf = (sessionId = '') => `rill:start:${sessionId}`
const OWN = 'rill:own-start'

/** Where first messages outlive a reload, until they are outgoing messages of a session that is there. All tabs share it. */
export const starts = {
  /** In the order in which they were written: their ids are made in that order. */
  all: (): Start[] =>
    storedKeys(keyOf())
      .sort()
      .flatMap((key) => parse(readStored(key)) ?? []),
  read: (sessionId: string): Start | undefined => parse(readStored(keyOf(sessionId))),
  keep: (start: Start) => writeStored(keyOf(start.sessionId), JSON.stringify(start)),
  drop: (sessionId: string) => writeStored(keyOf(sessionId), null),
  /** The session that this tab is on its way to. */
  own: () => ofTab.read(OWN),
  setOwn: (sessionId: string | null) => ofTab.write(OWN, sessionId),
}

/** What another version of the page wrote, or someone by hand, is no reason to fail. */
function parse(json: string | null): Start | undefined {
  const { sessionId, messageId, text, settings, error } = parseShape(json) ?? {}
  if (typeof sessionId !== 'string' || typeof messageId !== 'string' || typeof text !== 'string') return undefined
  return { sessionId, messageId, text, settings: settingsOf(settings), ...(typeof error === 'string' && { error }) }
}
