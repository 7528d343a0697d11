'use client'
import { useState } from 'react'
import { ProviderCheck } from './provider-check.tsx'

const VARIABLES: readonly (readonly [string, string])[] = [
  ['OpenAI', 'OPENAI_API_KEY'],
  ['Anthropic', 'ANTHROPIC_API_KEY'],
  ['Google', 'GOOGLE_GENERATIVE_AI_API_KEY'],
  ['Ollama, vLLM, LM Studio', 'OPENAI_BASE_URL'],
]

/** How a model is connected, and whether that works. */
export function ProviderHint({ isDemo }: { isDemo: boolean }) {
  const [isChecking, setIsChecking] = useState(false)
  return (
    <section className="provider-hint" aria-label="Models">
      {isDemo && (
        <details>
          <summary>This is the demo model, which needs no key and follows a few rules. Connect a real one</summary>
          <p className="mt-2">Set one of these variables, and start Rill again:</p>
          <dl>
            {VARIABLES.map(([provider, variable]) => (
              <div key={variable}>
                <dt>{provider}</dt>
                <dd>
                  <code className="code">{variable}</code>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      )}
      {isChecking ? (
        <ProviderCheck />
      ) : (
        <button type="button" className="quiet-button -ml-1.5" onClick={() => setIsChecking(true)}>
          Check the connection
        </button>
      )}
    </section>
  )
}
