import { shapeOf } from './shape.ts'

/** What the user decided about a tool for longer than one call, as `GET /api/decisions` tells of it. */
export interface ToolDecision {
  id: string
  toolName: string
  approved: boolean
  /** Null when it holds in every session. */
  session: { title: string | null } | null
}

/** What cannot be read is left out. */
export function readDecisions(answer: unknown): ToolDecision[] {
  const decisions = shapeOf(answer)?.decisions
  return Array.isArray(decisions) ? decisions.flatMap((one) => readDecision(one) ?? []) : []
}

function readDecision(value: unknown): ToolDecision | undefined {
  const { id, toolName, approved, session } = shapeOf(value) ?? {}
  if (typeof id !== 'string' || typeof toolName !== 'string' || typeof approved !== 'boolean') return undefined
  const title = shapeOf(session)?.title
  return { id, toolName, approved, session: session === null ? null : { title: typeof title === 'string' ? title : null } }
}
