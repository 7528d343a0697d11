import 'server-only'
import type { EventLog } from '#lib/log/index.ts'
import { type Message, message as messageSchema, reduce, type SessionState } from '#lib/protocol/index.ts'

const PAGE = 1_000

/** What waits for its run is not in the conversation yet. `$1` is the session. */
export const QUEUED = "SELECT message_id FROM runs WHERE session_id = $1 AND status = 'queued'"

export interface Reading {
  /** Passes over what this version cannot read, as another wrote it, rather than throw. */
  isLenient: boolean
}

/** Folds the log's events onto a state, from its cursor to the log's end. */
export async function readRunState(log: Pick<EventLog, 'read'>, from: SessionState, { isLenient }: Reading): Promise<SessionState> {
  let state = from
  for (;;) {
    const entries = await log.read(state.session.id, state.cursor, PAGE)
    for (const entry of entries) {
      const event = isLenient ? readable(() => entry.event) : entry.event
      state = event ? reduce(state, event) : { ...state, cursor: entry.seq }
    }
    if (entries.length < PAGE) return state
  }
}

export function toMessage(row: { content: string }): Message {
  return messageSchema.parse(JSON.parse(row.content))
}

/** Undefined for what this version cannot read. */
export function readable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    // Lenient: see `Reading`.
    return undefined
  }
}
