import * as z from 'zod/mini'
import { readStored, writeStored } from './storage.ts'

/** A message that was sent and is not in the log yet. */
const outgoing = z.object({
  id: z.string(),
  text: z.string(),
  status: z.enum(['sending', 'failed']),
  error: z.optional(z.string()),
})
export type Outgoing = z.infer<typeof outgoing>

/** Where a session's outgoing messages outlive a reload, so that none is lost before the log has it. */
export interface Outbox {
  load(sessionId: string): Outgoing[]
  save(sessionId: string, messages: readonly Outgoing[]): void
}

const keyOf = (sessionId: string) => `rill:outgoing:${sessionId}`

export const storedOutbox: Outbox = {
  load: (sessionId) => parse(readStored(keyOf(sessionId))),
  save: (sessionId, messages) => writeStored(keyOf(sessionId), messages.length === 0 ? null : JSON.stringify(messages)),
}

/** What another version of the page wrote, or someone by hand, is no reason to fail. */
function parse(json: string | null): Outgoing[] {
  if (json === null) return []
  try {
    const kept = z.array(outgoing).safeParse(JSON.parse(json))
    return kept.success ? kept.data : []
  } catch {
    return []
  }
}
