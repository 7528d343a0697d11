import { outageOf, type Sql, sqlErrorOf, type TransactionalSql } from '#lib/db/sql.ts'
import type { EventType } from '#lib/protocol/index.ts'
import { LogEntry } from './entry.ts'
import { type FencedRow, InsertRefused, type LogStorage } from './storage.ts'

/**
 * One statement for a whole commit. A fenced row whose run has another epoch or is over yields NULL for `type`, which the
 * column refuses: so the statement writes all rows or none, without a second round trip.
 */
const INSERT = `
INSERT INTO events (session_id, seq, run_id, type, at, data)
SELECT e.session_id, e.seq, e.run_id,
       CASE WHEN e.epoch IS NULL OR (r.epoch = e.epoch AND r.status = 'running') THEN e.type END, e.at, e.data::json
FROM unnest($1::uuid[], $2::int[], $3::uuid[], $4::text[], $5::timestamptz[], $6::text[], $7::int[])
  AS e(session_id, seq, run_id, type, at, data, epoch)
LEFT JOIN runs r ON e.epoch IS NOT NULL AND r.id = e.run_id`

export const READ = `
SELECT seq, run_id, type, (extract(epoch FROM at) * 1000)::float8 AS at_ms, data::text AS data
FROM events WHERE session_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`

/** The limit is each session's own: one that grew much must not hold back the others. */
export const READ_MANY = `
SELECT e.* FROM unnest($1::uuid[], $2::int[]) AS wanted(session_id, after) CROSS JOIN LATERAL (
  SELECT session_id, seq, run_id, type, (extract(epoch FROM at) * 1000)::float8 AS at_ms, data::text AS data
  FROM events WHERE events.session_id = wanted.session_id AND seq > wanted.after ORDER BY seq LIMIT $3
) e ORDER BY e.session_id, e.seq`

/** What one statement removes: an embedded database stands still for it, and all streams with it. */
const PRUNED_AT_ONCE = 1_000

/** Removes finished runs' events, bit by bit. Those before them in the session are older still; the session's last event stays. */
const PRUNE = `
WITH old AS (
  SELECT id, session_id, end_position FROM runs WHERE status = 'finished' AND NOT is_pruned AND finished_at < $1
  ORDER BY finished_at LIMIT 100 FOR UPDATE SKIP LOCKED
), ends AS (SELECT session_id, max(end_position) AS seq FROM old GROUP BY session_id),
gone AS (
  DELETE FROM events WHERE (session_id, seq) IN (
    SELECT e.session_id, e.seq FROM ends JOIN events e ON e.session_id = ends.session_id AND e.seq <= ends.seq
    WHERE e.seq < (SELECT max(last.seq) FROM events last WHERE last.session_id = ends.session_id) LIMIT ${PRUNED_AT_ONCE}
  ) RETURNING 1
), done AS (
  UPDATE runs SET is_pruned = true WHERE id IN (SELECT id FROM old) AND (SELECT count(*) FROM gone) < ${PRUNED_AT_ONCE} RETURNING 1
)
SELECT (SELECT count(*)::int FROM old) AS runs, (SELECT count(*)::int FROM gone) AS events`

interface EventRow {
  seq: number
  run_id: string | null
  type: EventType
  at_ms: number
  data: string
}

/** The log's rows in PostgreSQL, embedded or not. */
export function createSqlStorage(sql: TransactionalSql): LogStorage<Sql> {
  return {
    async insert(rows, tx) {
      try {
        if (tx) await tx.query(INSERT, columnsOf(rows))
        else await sql.execute(INSERT, columnsOf(rows))
      } catch (error) {
        throw isRefusal(error) ? new InsertRefused('The rows were refused.', { cause: error }) : error
      }
    },
    async transaction(work) {
      try {
        return await sql.transaction(work)
      } catch (error) {
        throw isTaken(error) ? new InsertRefused('The place is taken.', { cause: error }) : error
      }
    },
    async inspect(sessionIds, runIds) {
      const heads = await sql.query<{ id: string; head: number }>(
        'SELECT s.id, COALESCE((SELECT max(seq) FROM events WHERE session_id = s.id), 0) AS head FROM sessions s WHERE s.id = ANY($1::uuid[])',
        [sessionIds],
      )
      const runs =
        runIds.length === 0
          ? []
          : await sql.query<{ id: string; epoch: number }>("SELECT id, epoch FROM runs WHERE id = ANY($1::uuid[]) AND status = 'running'", [
              runIds,
            ])
      return { heads: new Map(heads.map((row) => [row.id, row.head])), epochs: new Map(runs.map((row) => [row.id, row.epoch])) }
    },
    read: (sessionId, after, limit) => readEntries(sql, sessionId, after, limit),
    async readMany(after, limit) {
      const rows = await sql.query<EventRow & { session_id: string }>(READ_MANY, [[...after.keys()], [...after.values()], limit])
      return rows.map((row) => entryOf(row.session_id, row))
    },
    async prune(before) {
      for (let total = 0; ; ) {
        const [row] = await sql.query<{ runs: number; events: number }>(PRUNE, [before])
        total += row?.events ?? 0
        if (!row || row.runs === 0) return total
        // What waits to be written comes first.
        await new Promise((resolve) => setImmediate(resolve))
      }
    },
    outageOf,
  }
}

/** Events after a seq, in order, at most `limit`. */
export async function readEntries(sql: Sql, sessionId: string, after: number, limit: number): Promise<LogEntry[]> {
  const rows = await sql.query<EventRow>(READ, [sessionId, after, limit])
  return rows.map((row) => entryOf(sessionId, row))
}

/** One array a column, as `unnest` takes them. */
function columnsOf(rows: readonly FencedRow[]) {
  return [
    rows.map((row) => row.sessionId),
    rows.map((row) => row.seq),
    rows.map((row) => row.runId),
    rows.map((row) => row.type),
    rows.map((row) => row.at),
    rows.map((row) => row.data),
    rows.map((row) => row.epoch),
  ]
}

/** The seq, or the place of a message that goes by a seq. */
function isTaken(error: unknown): boolean {
  const state = sqlErrorOf(error)
  return state?.code === '23505' && (state.constraint === 'events_pkey' || state.constraint === 'messages_session_id_position_key')
}

/** 23505: the seq is taken. 23502: the fence. 23503: the session is gone. */
function isRefusal(error: unknown): boolean {
  const code = sqlErrorOf(error)?.code
  return isTaken(error) || code === '23502' || code === '23503'
}

function entryOf(sessionId: string, row: EventRow): LogEntry {
  return new LogEntry({ sessionId, seq: row.seq, at: new Date(row.at_ms).toISOString(), runId: row.run_id, type: row.type, data: row.data })
}
