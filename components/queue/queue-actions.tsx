import type { QueueMode } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'

export interface QueueActionsProps {
  mode: QueueMode
  isFirst: boolean
  isLast: boolean
  onMove: (by: -1 | 1) => void
  onMode: (mode: QueueMode) => void
}

/** When what waits is told, and its place. */
export function QueueActions({ mode, isFirst, isLast, onMove, onMode }: QueueActionsProps) {
  return (
    <div className="flex flex-wrap items-center gap-1">
      <button type="button" className="quiet-button -ml-1.5" onClick={() => onMode(mode === 'steer' ? 'follow-up' : 'steer')}>
        {mode === 'steer' ? 'Answer it next instead' : 'Steer with it now'}
      </button>
      <span className="ml-auto flex">
        <button
          type="button"
          className="icon-button"
          aria-label="Move up"
          aria-keyshortcuts="Alt+ArrowUp"
          title="Move up (Alt+↑)"
          aria-disabled={isFirst}
          onClick={() => !isFirst && onMove(-1)}
        >
          <span className="rotate-180">
            <Icon name="down" />
          </span>
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label="Move down"
          aria-keyshortcuts="Alt+ArrowDown"
          title="Move down (Alt+↓)"
          aria-disabled={isLast}
          onClick={() => !isLast && onMove(1)}
        >
          <Icon name="down" />
        </button>
      </span>
    </div>
  )
}
