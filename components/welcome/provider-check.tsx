'use client'
import type { ProviderModels } from '#lib/protocol/index.ts'
import { useModels } from '../models/use-models.ts'

/** Asks every configured provider what it offers: whether it answers, and if not, why. */
export function ProviderCheck() {
  const { list, isAsking, problem, ask } = useModels()
  return (
    <div role="status">
      {isAsking && <p>Asking the providers…</p>}
      {!isAsking && problem !== null && <p className="text-bad">{problem}</p>}
      {!isAsking && problem === null && list && (
        <ul>
          {list.providers.map((one) => (
            <li key={one.provider}>
              <Outcome of={one} isAlone={list.providers.length === 1} />
            </li>
          ))}
        </ul>
      )}
      {!isAsking && (
        <button type="button" className="quiet-button -ml-1.5" onClick={ask}>
          Check again
        </button>
      )}
    </div>
  )
}

function Outcome({ of: { provider, models, error }, isAlone }: { of: ProviderModels; isAlone: boolean }) {
  if (error) {
    return (
      <>
        <span className="text-bad">{provider} does not work.</span> {error.message}
      </>
    )
  }
  if (provider === 'demo') return `The demo model works.${isAlone ? ' No provider is configured.' : ''}`
  return (
    <>
      <span className="text-good">{provider} works.</span> It offers {models.length === 1 ? 'one model' : `${models.length} models`}.
    </>
  )
}
