'use client'
import { type ToolDecision, useToolDecisions } from '#lib/client/index.ts'
import { shownName } from '../parts/tool/tool-name.tsx'

/** What the user decided about tools for longer than one call; each can be taken back. */
export function Decisions() {
  const { decisions, problem, forget } = useToolDecisions()
  if (decisions.length === 0 && problem === null) return null
  return (
    <section aria-labelledby="decisions-title" className="border-hair border-t pt-2.5">
      <h3 id="decisions-title" className="text-small text-soft">
        What you decided
      </h3>
      {problem !== null && (
        <p className="text-bad text-small" role="alert">
          {problem}
        </p>
      )}
      <ul aria-label="What you decided">
        {decisions.map((decision) => (
          <li key={decision.id} className="flex items-center gap-2.5 py-1.5">
            <span className="min-w-0 flex-1">
              <span className="block truncate font-medium font-mono text-[13px]">{shownName(decision.toolName)}</span>
              <span className="block truncate text-small text-soft">{wordsOf(decision)}</span>
            </span>
            <button
              type="button"
              className="button flex-none"
              aria-label={`Ask again about ${shownName(decision.toolName)}`}
              onClick={() => void forget(decision.id)}
            >
              Ask again
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function wordsOf({ approved, session }: ToolDecision): string {
  const what = approved ? 'allowed' : 'refused'
  if (session === null) return approved ? 'always allowed' : 'always refused'
  return session.title === null ? `${what} in one session` : `${what} in “${session.title}”`
}
