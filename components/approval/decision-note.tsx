import type { Decision } from './use-decision.ts'

/** What became of a decision, until the log says it. */
export function DecisionNote({ decision }: { decision: Decision }) {
  switch (decision.status) {
    case 'open':
    case 'sending':
      return null
    case 'sent':
      return <p className="approval-note text-soft">{decision.approved ? 'Sent. It goes on in a moment.' : 'Refused.'}</p>
    case 'over':
      return (
        <p className="approval-note text-soft" role="status">
          {decision.problem}
        </p>
      )
    case 'failed':
      return (
        <p className="approval-note text-bad" role="alert">
          {decision.problem}
        </p>
      )
    default:
      return decision satisfies never
  }
}
