'use client'
import { useBranches } from './branches.tsx'

/** Has the same words answered again; what was answered before stays, as a version of its own. */
export function RegenerateButton({ answerId }: { answerId: string }) {
  const branches = useBranches()
  if (!branches) return null
  return (
    <button
      type="button"
      className="quiet-button"
      aria-disabled={branches.isBusy}
      onClick={() => {
        if (!branches.isBusy) void branches.store.regenerate(answerId)
      }}
    >
      Regenerate
    </button>
  )
}
