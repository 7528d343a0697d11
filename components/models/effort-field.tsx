'use client'
import { useId } from 'react'
import type { ReasoningEffort } from '#lib/protocol/index.ts'

const EFFORTS: [ReasoningEffort | null, string][] = [
  [null, 'Default'],
  ['none', 'None'],
  ['minimal', 'Minimal'],
  ['low', 'Low'],
  ['medium', 'Medium'],
  ['high', 'High'],
]

/** How much the model thinks before it answers. Models that cannot be told go their own way. */
export function EffortField({ effort, onChoose }: { effort: ReasoningEffort | null; onChoose: (effort: ReasoningEffort | null) => void }) {
  const name = useId()
  return (
    <fieldset className="model-effort">
      <legend>Reasoning</legend>
      <div className="segments">
        {EFFORTS.map(([value, text]) => (
          <label key={text}>
            <input type="radio" name={name} checked={value === effort} onChange={() => onChoose(value)} />
            {text}
          </label>
        ))}
      </div>
      <p className="mt-1.5 text-faint text-small">Both count from the next message on.</p>
    </fieldset>
  )
}
