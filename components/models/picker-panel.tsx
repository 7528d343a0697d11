'use client'
import type { ModelSettings } from '#lib/client/index.ts'
import { EffortField } from './effort-field.tsx'
import { ModelList } from './model-list.tsx'
import { Unlisted } from './unlisted.tsx'
import { useModels } from './use-models.ts'

export interface PickerPanelProps {
  settings: ModelSettings
  onChoose: (change: Partial<ModelSettings>) => void
  /** A model was chosen. */
  onDone: () => void
}

/** What stands in the open picker: the models to choose from, who does not answer, and how much it thinks. */
export function PickerPanel({ settings, onChoose, onDone }: PickerPanelProps) {
  const { list, isAsking, problem, ask } = useModels()
  return (
    <>
      {list && (
        <ModelList
          list={list}
          chosen={settings.model}
          onChoose={(model) => {
            onChoose({ model })
            onDone()
          }}
        />
      )}
      <Unlisted providers={list?.providers ?? []} problem={problem} isAsking={isAsking} onAsk={ask} />
      <EffortField effort={settings.reasoningEffort} onChoose={(reasoningEffort) => onChoose({ reasoningEffort })} />
    </>
  )
}
