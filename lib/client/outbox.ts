import { QUEUE_MODES, type QueueMode } from '#lib/protocol/index.ts'
import { oneOf, parseShape } from './shape.ts'
import { readStored, storedKeys, writeStored } from './storage.ts'

/** A message that was sent and is not in the log yet. */
export interface Outgoing {
  id: string
  text: string
  /** What it was meant as, when a run was active. */
  mode?: QueueMode
  /** The message whose place it takes. */
  replaces?: string
  status: 'sending' | 'failed'
  error?: string
  /** With `failed`: the server was not reached. It goes out again when it is. */
  isWaiting?: true
}

/** Where a session's outgoing messages outlive a reload, so that none is lost before the log has it. All tabs share it. */
export interface Outbox {
  /** In the order in which they were written: their ids are made in that order. */
  load(sessionId: string): Outgoing[]
  put(sessionId: string, message: Outgoing): void
  remove(sessionId: string, id: string): void
}

const PREFIX = 'rill:outgoing:'
/** A key for each message: a tab that keeps its own does not touch those of another. */
const keyOf = (sessionId: string, id = '') => `${PREFIX}${sessionId}:${id}`

export const storedOutbox: Outbox = {
  load: (sessionId) =>
    storedKeys(keyOf(sessionId))
      .sort()
      .flatMap((key) => parse(readStored(key)) ?? []),
  put: (sessionId, message) => writeStored(keyOf(sessionId, message.id), JSON.stringify(message)),
  remove: (sessionId, id) => writeStored(keyOf(sessionId, id), null),
}

/** It is on its way, or waits for the server: the user has nothing to do about it. */
export function isUnsent({ status, isWaiting }: Outgoing): boolean {
  return status === 'sending' || isWaiting === true
}

/** The sessions in which something is unsent. */
export function unsentSessions(): string[] {
  const ids = new Set(storedKeys(PREFIX).map((key) => key.slice(PREFIX.length).split(':')[0] ?? ''))
  return [...ids].filter((sessionId) => storedOutbox.load(sessionId).some(isUnsent))
}

/** What another version of the page wrote, or someone by hand, is no reason to fail. */
function parse(json: string | null): Outgoing | undefined {
  const { id, text, mode: sentAs, replaces, status: state, error, isWaiting } = parseShape(json) ?? {}
  const status = oneOf(['sending', 'failed'], state)
  const mode = oneOf(QUEUE_MODES, sentAs)
  if (typeof id !== 'string' || typeof text !== 'string' || !status) return undefined
  return {
    id,
    text,
    ...(mode && { mode }),
    ...(typeof replaces === 'string' && { replaces }),
    status,
    ...(typeof error === 'string' && { error }),
    ...(isWaiting === true && { isWaiting }),
  }
}
