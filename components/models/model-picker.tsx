'use client'
import { useCallback, useId, useRef, useState } from 'react'
import type { ModelSettings } from '#lib/client/index.ts'
import { useCommand } from '../commands/commands.ts'
import { Late, latePart } from '../ui/late.tsx'

const latePanel = latePart(async () => (await import('./picker-panel.tsx')).PickerPanel)

export interface ModelPickerProps {
  settings: ModelSettings
  /** The model that answers where nothing was chosen. */
  standard: string
  onChoose: (change: Partial<ModelSettings>) => void
}

/** Says which model answers; opens to choose another. The browser closes it with Escape and gives the focus back. */
export function ModelPicker({ settings, standard, onChoose }: ModelPickerProps) {
  const [isOpen, setIsOpen] = useState(false)
  const panel = useRef<HTMLDivElement>(null)
  const id = useId()
  useCommand(
    'model',
    useCallback(() => panel.current?.showPopover(), []),
  )
  const model = settings.model === null ? standard : settings.model.slice(settings.model.indexOf('/') + 1)
  const effort = settings.reasoningEffort
  return (
    <>
      <button
        type="button"
        className="model-button"
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        aria-label={`Model: ${model}${effort ? `, reasoning ${effort}` : ''}`}
      >
        <i className="size-[7px] flex-none rounded-full bg-good" aria-hidden="true" />
        <span className="truncate">{model}</span>
        {effort && <span className="flex-none text-faint max-[420px]:hidden">{effort}</span>}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label="Model"
        className="model-panel"
        onToggle={(event) => setIsOpen(event.newState === 'open')}
      >
        {isOpen && (
          <Late part={latePanel} props={{ settings, onChoose, onDone: () => panel.current?.hidePopover() }}>
            <p className="model-note" role="status">
              Asking the providers…
            </p>
          </Late>
        )}
      </div>
    </>
  )
}
