'use client'
import { nameOf, useIsOutdated, useSessionList } from '#lib/client/index.ts'

/** What was deleted can be brought back for a while; what went wrong is said, and that the server is of another version now. */
export function Toast() {
  const { deleted, problem, undo, dismiss } = useSessionList()
  if (problem) {
    return (
      <p className="toast" role="alert">
        <span className="min-w-0 text-bad">{problem}</span>
        <button type="button" className="quiet-button ml-auto" onClick={dismiss}>
          Close
        </button>
      </p>
    )
  }
  if (!deleted) return <UpdateToast />
  return (
    <p className="toast" role="status">
      <span className="min-w-0 truncate">Deleted “{nameOf(deleted)}”</span>
      <button type="button" className="quiet-button ml-auto font-medium" onClick={() => void undo()}>
        Undo
      </button>
    </p>
  )
}

/** The page goes on as it is: what both versions know stays. What is typed outlives the reload. */
function UpdateToast() {
  if (!useIsOutdated()) return null
  return (
    <p className="toast" role="status">
      <span className="min-w-0">Rill was updated.</span>
      <button type="button" className="quiet-button ml-auto font-medium" onClick={() => location.reload()}>
        Reload
      </button>
    </p>
  )
}
