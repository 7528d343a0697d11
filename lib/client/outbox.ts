import * as z from 'zod/mini'
import { queueMode } from '#lib/protocol/index.ts'
import { readStored, storedKeys, writeStored } from './storage.ts'

/** A message that was sent and is not in the log yet. */
const outgoing = z.object({
  id: z.string(),
  text: z.string(),
  /** What it was meant as, when a run was active. */
  mode: z.optional(queueMode),
  /** The message whose place it takes. */
  replaces: z.optional(z.string()),
  status: z.enum(['sending', 'failed']),
  error: z.optional(z.string()),
})
export type Outgoing = z.infer<typeof outgoing>

/** Where a session's outgoing messages outlive a reload, so that none is lost before the log has it. All tabs share it. */
export interface Outbox {
  /** In the order in which they were written: their ids are made in that order. */
  load(sessionId: string): Outgoing[]
  put(sessionId: string, message: Outgoing): void
  remove(sessionId: string, id: string): void
}

/** A key for each message: a tab that keeps its own does not touch those of another. */
const keyOf = (sessionId: string, id = '') => `rill:outgoing:${sessionId}:${id}`

export const storedOutbox: Outbox = {
  load: (sessionId) =>
    storedKeys(keyOf(sessionId))
      .sort()
      .flatMap((key) => parse(readStored(key)) ?? []),
  put: (sessionId, message) => writeStored(keyOf(sessionId, message.id), JSON.stringify(message)),
  remove: (sessionId, id) => writeStored(keyOf(sessionId, id), null),
}

/** What another version of the page wrote, or someone by hand, is no reason to fail. */
function parse(json: string | null): Outgoing | undefined {
  if (json === null) return undefined
  try {
    return outgoing.safeParse(JSON.parse(json)).data
  } catch {
    return undefined
  }
}
