import { LogEntry } from './entry.ts'
import { InsertRefused, type LogStorage } from './storage.ts'

/** What the memory log must know of sessions and runs: the same facts that the database joins. */
export interface MemoryFacts {
  hasSession(sessionId: string): boolean
  /** The epoch of a run that is running. */
  runningEpoch(runId: string): number | undefined
  /** The last seqs of runs that finished before a time, by session: what may be pruned. */
  finishedBefore(before: Date): Map<string, number>
}

/** The log's rows in this process, for agents without a database. */
export function createMemoryStorage(facts: MemoryFacts): LogStorage<undefined> {
  const bySession = new Map<string, LogEntry[]>()
  const headOf = (sessionId: string) => bySession.get(sessionId)?.at(-1)?.seq ?? 0
  const read = (sessionId: string, after: number, limit: number): LogEntry[] => {
    const entries = bySession.get(sessionId) ?? []
    const first = entries[0]
    const start = first ? Math.max(0, after + 1 - first.seq) : 0
    return entries.slice(start, start + limit)
  }
  return {
    async insert(rows) {
      const next = new Map<string, number>()
      for (const { sessionId, seq, runId, epoch } of rows) {
        if (!facts.hasSession(sessionId)) throw new InsertRefused('The session is gone.')
        if (epoch !== null && (runId === null || facts.runningEpoch(runId) !== epoch))
          throw new InsertRefused('The run has another worker.')
        if (seq !== (next.get(sessionId) ?? headOf(sessionId) + 1)) throw new InsertRefused('The seq is taken.')
        next.set(sessionId, seq + 1)
      }
      for (const row of rows) {
        const entries = bySession.get(row.sessionId) ?? []
        bySession.set(row.sessionId, entries)
        entries.push(new LogEntry(row))
      }
    },
    transaction: (work) => work(undefined),
    async inspect(sessionIds, runIds) {
      for (const sessionId of bySession.keys()) if (!facts.hasSession(sessionId)) bySession.delete(sessionId)
      const heads = new Map(sessionIds.filter((id) => facts.hasSession(id)).map((id) => [id, headOf(id)]))
      const epochs = new Map<string, number>()
      for (const id of runIds) {
        const epoch = facts.runningEpoch(id)
        if (epoch !== undefined) epochs.set(id, epoch)
      }
      return { heads, epochs }
    },
    read: async (sessionId, after, limit) => read(sessionId, after, limit),
    readMany: async (after, limit) => [...after].flatMap(([sessionId, seq]) => read(sessionId, seq, limit)),
    async prune(before) {
      let count = 0
      for (const [sessionId, seq] of facts.finishedBefore(before)) {
        const entries = bySession.get(sessionId) ?? []
        const kept = entries.filter((entry, index) => entry.seq > seq || index === entries.length - 1)
        count += entries.length - kept.length
        bySession.set(sessionId, kept)
      }
      return count
    },
    outageOf: () => undefined,
  }
}
