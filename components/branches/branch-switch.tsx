'use client'
import { Icon } from '../ui/icon.tsx'
import { useBranches } from './branches.tsx'

/** Moves between what stands in one place of the conversation; nothing where there is one only. */
export function BranchSwitch({ messageId }: { messageId: string }) {
  const branches = useBranches()
  const siblings = branches?.siblingsOf(messageId) ?? []
  const at = siblings.indexOf(messageId)
  if (!branches || at < 0 || siblings.length < 2) return null
  const step = (by: -1 | 1) => {
    const wanted = siblings[at + by]
    if (wanted === undefined || branches.isBusy) return
    // Where it stands, it is another by then: a live region that is put in anew is not heard.
    void branches.store.selectBranch(wanted).then(() => branches.onSay(`Version ${at + by + 1} of ${siblings.length}`))
  }
  return (
    <fieldset className="branch-switch" aria-label="Versions">
      <button
        type="button"
        className="branch-step"
        aria-label="Previous version"
        aria-disabled={at === 0 || branches.isBusy}
        onClick={() => step(-1)}
      >
        <span className="rotate-180">
          <Icon name="chevron" />
        </span>
      </button>
      <span>
        {at + 1} / {siblings.length}
      </span>
      <button
        type="button"
        className="branch-step"
        aria-label="Next version"
        aria-disabled={at === siblings.length - 1 || branches.isBusy}
        onClick={() => step(1)}
      >
        <Icon name="chevron" />
      </button>
    </fieldset>
  )
}
