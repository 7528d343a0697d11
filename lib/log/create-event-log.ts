import { AppError } from '#lib/protocol/index.ts'
import type { Bus } from './bus.ts'
import type { LogEntry } from './entry.ts'
import type { EventLog, LogObserver } from './event-log.ts'
import { follow } from './follow.ts'
import { GroupCommit } from './group-commit.ts'
import type { LogStorage } from './storage.ts'

export interface LogOptions {
  /** How long a commit is tried again while the database cannot be reached, in ms. Default 30,000. */
  retryForMs?: number
  observer?: LogObserver
}

/** A log over any storage: one writer, one bus. */
export function createEventLog<Tx>(storage: LogStorage<Tx>, bus: Bus, options: LogOptions = {}): EventLog<Tx> {
  const listeners = new Set<(entries: readonly LogEntry[]) => void>()
  const { retryForMs = 30_000, observer = { followers: 0, committed() {} } } = options
  const publish = (sessionId: string, entries: readonly LogEntry[]) => {
    bus.publish(sessionId, entries)
    for (const listener of listeners) listener(entries)
  }
  const writer = new GroupCommit(storage, retryForMs, publish, (events, durationMs) => observer.committed(events, durationMs))
  const log: EventLog<Tx> = {
    append: (sessionId, events, fence) => writer.append(sessionId, events, fence),
    transact: (sessionId, work) => writer.transact(sessionId, work),
    read: (sessionId, after, limit) => storage.read(sessionId, after, limit),
    persist: (work) => writer.persist(work),
    async head(sessionId) {
      const { heads } = await storage.inspect([sessionId], [])
      const head = heads.get(sessionId)
      if (head === undefined) throw new AppError('session-not-found', 'There is no such session.')
      return head
    },
    follow: (sessionId, followOptions) => follow(log, bus, sessionId, followOptions, observer),
    onCommitted(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    prune: (before) => storage.prune(before),
    close: () => writer.close(),
  }
  return log
}
