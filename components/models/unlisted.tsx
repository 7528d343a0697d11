'use client'
import type { ProviderModels } from '#lib/protocol/index.ts'
import { providerName } from './rows.ts'

export interface UnlistedProps {
  providers: readonly ProviderModels[]
  /** Why nothing could be asked. */
  problem: string | null
  isAsking: boolean
  onAsk: () => void
}

/** Which providers do not say what they offer, and why; all of them can be asked again. */
export function Unlisted({ providers, problem, isAsking, onAsk }: UnlistedProps) {
  const reasons = problem ? [{ name: 'Models', text: problem }] : providers.flatMap(reasonOf)
  if (reasons.length === 0)
    return isAsking && providers.length === 0 ? (
      <p className="model-note" role="status">
        Asking the providers…
      </p>
    ) : null
  return (
    <div className="model-reasons">
      <ul aria-label="Not answering">
        {reasons.map(({ name, text }) => (
          <li key={name}>
            <b className="font-medium">{name}</b>: <span className="text-soft">{text}</span>
          </li>
        ))}
      </ul>
      <button type="button" className="quiet-button mt-1 -ml-1.5 font-medium" aria-disabled={isAsking} onClick={() => !isAsking && onAsk()}>
        {isAsking ? 'Asking…' : 'Try again'}
      </button>
    </div>
  )
}

function reasonOf({ provider, error, models }: ProviderModels): { name: string; text: string }[] {
  const name = providerName(provider)
  if (error) return [{ name, text: error.message }]
  return models.length === 0 ? [{ name, text: 'It offers no model that can chat.' }] : []
}
