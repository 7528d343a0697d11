'use client'
import { type KeyboardEvent, useRef, useState } from 'react'
import type { WaitingMessage } from '#lib/client/index.ts'
import type { QueueMode } from '#lib/protocol/index.ts'
import { Icon } from '../ui/icon.tsx'
import { useReturnedFocus } from '../ui/use-returned-focus.ts'
import { Words } from '../ui/words.tsx'
import { QueueActions } from './queue-actions.tsx'
import { QueueEditField } from './queue-edit-field.tsx'
import type { QueueEditing } from './use-queue-edit.ts'

export interface QueueRowProps {
  message: WaitingMessage
  isFirst: boolean
  isLast: boolean
  editing: QueueEditing
  onMove: (by: -1 | 1) => void
  onMode: (mode: QueueMode) => void
  onRemove: () => void
}

/** One message that waits: a line that opens. Alt with an arrow moves it from wherever in it the keyboard is. */
export function QueueRow({ message, isFirst, isLast, editing, onMove, onMode, onRemove }: QueueRowProps) {
  const [isOpen, setIsOpen] = useState(false)
  const { text, mode, asked } = message
  const isEdited = editing.edit?.messageId === message.id
  const editButton = useRef<HTMLButtonElement>(null)
  useReturnedFocus(editButton, isEdited)
  const onKeyDown = (event: KeyboardEvent) => {
    if (!event.altKey || event.ctrlKey || event.metaKey || isEdited) return
    if (event.key === 'ArrowUp' && !isFirst) onMove(-1)
    else if (event.key === 'ArrowDown' && !isLast) onMove(1)
    else return
    event.preventDefault()
  }
  return (
    <li className="queue-row" data-asked={asked ?? undefined} aria-busy={asked !== null} onKeyDown={onKeyDown}>
      <div className="queue-line">
        <span className="queue-mode" data-mode={mode}>
          {mode === 'steer' ? 'Steer' : 'Next'}
        </span>
        <button type="button" className="queue-text" aria-expanded={isOpen && !isEdited} onClick={() => setIsOpen(!isOpen)}>
          {asked === 'remove' ? 'Removing…' : <Words text={text} />}
        </button>
        <button
          ref={editButton}
          type="button"
          className="icon-button"
          aria-label={`Edit “${shortOf(text)}”`}
          aria-disabled={isEdited || !editing.canBegin}
          title={isEdited || editing.canBegin ? undefined : 'Save or cancel the other edit first'}
          onClick={() => !isEdited && editing.begin(message)}
        >
          <Icon name="edit" />
        </button>
        <button type="button" className="icon-button" aria-label={`Remove “${shortOf(text)}”`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      </div>
      {isEdited ? (
        <QueueEditField editing={editing} />
      ) : (
        isOpen && <QueueActions mode={mode} isFirst={isFirst} isLast={isLast} onMove={onMove} onMode={onMode} />
      )}
    </li>
  )
}

function shortOf(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text
}
