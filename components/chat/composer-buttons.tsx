import type { MouseEvent } from 'react'
import { Icon } from '../ui/icon.tsx'

export interface ComposerButtonsProps {
  isBusy: boolean
  hasText: boolean
  canSend: boolean
  onStop: () => void
}

/** Stop while it works, Send while there is text; both when both can be meant. */
export function ComposerButtons({ isBusy, hasText, canSend, onStop }: ComposerButtonsProps) {
  const showsSend = hasText || !isBusy
  const stop = (event: MouseEvent) => {
    // The second click of a double click on Send, whose place Stop has taken, is not meant for Stop.
    if (event.detail < 2) onStop()
  }
  return (
    <span className="ml-auto flex gap-2">
      {isBusy && (
        <button type="button" className="composer-button" data-kind={showsSend ? 'second' : 'first'} aria-label="Stop" onClick={stop}>
          <i className="block size-[11px] rounded-[2.5px] bg-current" aria-hidden="true" />
        </button>
      )}
      {showsSend && (
        <button type="submit" className="composer-button" data-kind="first" aria-label="Send" disabled={!canSend}>
          <Icon name="send" />
        </button>
      )}
    </span>
  )
}
