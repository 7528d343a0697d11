import 'server-only'
import type { Database } from '#lib/db/database.ts'

/** What a user decided about a tool for longer than one call. It holds while the tool says the same of itself. */
export interface ToolDecision {
  id: string
  toolName: string
  approved: boolean
  /** Null when it holds in every session. */
  session: { id: string; title: string | null } | null
  /** ISO time. */
  decidedAt: string
}

interface Row {
  id: string
  tool_name: string
  is_approved: boolean
  session_id: string | null
  title: string | null
  decided_ms: number
}

const MOST = 500

const DECISIONS = `
SELECT d.id, d.tool_name, d.is_approved, d.session_id, s.title, (extract(epoch FROM d.created_at) * 1000)::float8 AS decided_ms
FROM tool_decisions d LEFT JOIN sessions s ON s.id = d.session_id
WHERE d.user_id = $1 AND s.deleted_at IS NULL ORDER BY d.created_at DESC LIMIT ${MOST}`

/** Newest first. */
export async function listDecisions(db: Database, userId: string): Promise<ToolDecision[]> {
  const rows = await db.query<Row>(DECISIONS, [userId])
  return rows.map((row) => ({
    id: row.id,
    toolName: row.tool_name,
    approved: row.is_approved,
    session: row.session_id === null ? null : { id: row.session_id, title: row.title },
    decidedAt: new Date(row.decided_ms).toISOString(),
  }))
}

/** False when the user has no such decision. */
export async function forgetDecision(db: Database, userId: string, decisionId: string): Promise<boolean> {
  const rows = await db.query('DELETE FROM tool_decisions WHERE id = $1 AND user_id = $2 RETURNING id', [decisionId, userId])
  return rows.length > 0
}
